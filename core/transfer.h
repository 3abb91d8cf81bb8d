#pragma once

#include <cstddef>
#include <cstdint>

namespace sentix::core {

// What became of one attempt to receive or send.
struct Transfer {
  enum class Status : std::uint8_t {
    done,         // `bytes` were transferred, at least one
    would_block,  // nothing now: wait for the socket
    ended,        // receiving only: the peer has shut its sending half down
    lost,         // the connection is broken
    refused,      // receiving only: what came is no TLS, or breaks its rules; nothing more can be sent by it
  };
  Status status = Status::lost;
  std::size_t bytes = 0;
};

}  // namespace sentix::core
