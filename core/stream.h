#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "core/file_descriptor.h"
#include "core/tls/tls_session.h"
#include "core/transfer.h"

namespace sentix::core {

// The bytes of one connection, over a raw non-blocking socket, plain or by TLS. Interrupted calls are repeated here; no
// call blocks, none raises SIGPIPE.
//
// With TLS the socket does not tell everything: see holds_input() and the two that wait (core/tls/tls_session.h).
class Stream {
 public:
  // Plain where `tls` is null.
  explicit Stream(FileDescriptor fd, std::unique_ptr<TlsSession> tls = nullptr)
      : tls_(std::move(tls)), fd_(std::move(fd)) {}

  [[nodiscard]] int descriptor() const { return fd_.get(); }

  // TLS, where nothing is to be received yet: done once it is established.
  Transfer::Status shake_hands() { return tls_ ? tls_->shake_hands() : Transfer::Status::done; }

  Transfer receive(std::span<std::byte> into) { return tls_ ? tls_->receive(into) : receive_plain(into); }
  Transfer send(std::span<iovec> vectors) { return tls_ ? tls_->send(vectors) : send_plain(vectors); }

  // Tells the peer that nothing more comes from here (a FIN, and before it, by TLS, close_notify). Receiving goes on,
  // of bytes that have no meaning any more: TLS is over. False: not yet, the socket takes nothing at the moment.
  [[nodiscard]] bool shut_down_sending();

  // TLS is over, without a word: what is sent from now on is sent as it is.
  void drop_tls() { tls_.reset(); }

  // Must not be used afterwards.
  void close() {
    tls_.reset();
    fd_.reset();
  }

  // Null where it is plain.
  [[nodiscard]] const TlsSession* tls() const { return tls_.get(); }

  // Whether anything can be sent: not before the TLS handshake is done.
  [[nodiscard]] bool established() const { return !tls_ || tls_->established(); }

  // Whether receive() has something although the socket will not say so.
  [[nodiscard]] bool holds_input() const { return tls_ && tls_->holds_input(); }

  // Which event a would_block waits for, where it is the other one.
  [[nodiscard]] bool receiving_waits_to_send() const { return tls_ && tls_->receiving_waits_to_send(); }
  [[nodiscard]] bool sending_waits_to_receive() const { return tls_ && tls_->sending_waits_to_receive(); }

  // How many of the bytes that send() was given and did not count must be given to it again.
  [[nodiscard]] std::size_t sealed_bytes() const { return tls_ ? tls_->sealed_bytes() : 0; }

 private:
  Transfer receive_plain(std::span<std::byte> into);
  Transfer send_plain(std::span<iovec> vectors);

  std::unique_ptr<TlsSession> tls_;
  FileDescriptor fd_;
};

}  // namespace sentix::core
