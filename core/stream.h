#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/file_descriptor.h"

namespace sentix::core {

// What became of one attempt to receive or send.
struct Transfer {
  enum class Status : std::uint8_t {
    done,         // `bytes` were transferred, at least one
    would_block,  // nothing now: wait for the socket
    ended,        // receiving only: the peer has shut its sending half down
    lost,         // the connection is broken
  };
  Status status = Status::lost;
  std::size_t bytes = 0;
};

// The bytes of one connection, over a raw non-blocking socket. Interrupted calls are repeated here; no call blocks,
// none raises SIGPIPE.
class Stream {
 public:
  explicit Stream(FileDescriptor fd) : fd_(std::move(fd)) {}

  [[nodiscard]] int descriptor() const { return fd_.get(); }

  Transfer receive(std::span<std::byte> into);
  Transfer send(std::span<iovec> vectors);

  // Tells the peer that nothing more comes from here (a FIN). Receiving goes on.
  void shut_down_sending();

  // Must not be used afterwards.
  void close() { fd_.reset(); }

 private:
  FileDescriptor fd_;
};

}  // namespace sentix::core
