#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/tls/openssl.h"
#include "core/tls/tls_context.h"
#include "core/transfer.h"

namespace sentix::core {

inline constexpr std::size_t kTlsRecordBytes = 16384;  // of payload, at most (RFC 8446 §5.1)

// The TLS of one connection, between its Stream and the socket. The handshake is a part of receiving: nothing is
// received before it is done. Belongs to the connection's worker.
//
// Two things are other than on a plain socket. Bytes can be in here of which the socket tells nothing (holds_input).
// And receiving may have to send before it goes on (the handshake), and sending to receive (a peer that changes its
// keys may do so in pieces); would_block then means to wait for the other event.
class TlsSession {
 public:
  // `fd` stays its owner's and outlives this. `record` is memory for the records of all connections of a worker, of
  // kTlsRecordBytes. Throws std::bad_alloc.
  TlsSession(std::shared_ptr<const TlsContext> context, int fd, std::span<std::byte> record);
  // The client's side of one (new_tls_client).
  TlsSession(SslPtr client, int fd, std::span<std::byte> record);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession() = default;

  // The handshake, where nothing is to be received yet: done, or why not as receive() says it.
  Transfer::Status shake_hands();

  // Fills `into` as far as there is something, and no more than is fair to the other connections.
  Transfer receive(std::span<std::byte> into);

  // Small pieces go together into one record, and no more is sent than is fair. A record that the socket did not take
  // whole is not counted; its bytes, sealed_bytes(), must be the first of the next call.
  Transfer send(std::span<const iovec> pieces);

  // Tells the peer that nothing more comes (close_notify). False: not yet, the socket takes nothing at the moment.
  [[nodiscard]] bool end();

  [[nodiscard]] bool established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  [[nodiscard]] bool holds_input() const { return holds_input_; }
  [[nodiscard]] bool receiving_waits_to_send() const { return receiving_waits_to_send_; }
  [[nodiscard]] bool sending_waits_to_receive() const { return sending_waits_to_receive_; }
  [[nodiscard]] std::size_t sealed_bytes() const { return sealed_; }

  // After Transfer::Status::refused: why, and whether it was because the peer speaks HTTP without TLS.
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] bool met_plain_http() const;

  // The name in the certificate that the client has shown and that was found good; empty without one.
  [[nodiscard]] std::string client_name() const;

 private:
  void attach();
  Transfer::Status stopped();

  std::shared_ptr<const TlsContext> context_;  // of a server
  int fd_;
  std::uint16_t sealed_ = 0;
  SslPtr ssl_;
  std::span<std::byte> record_;
  unsigned long error_ = 0;                               // that broke it, in OpenSSL's form
  Transfer::Status end_ = Transfer::Status::would_block;  // what comes behind all that was received, where it is known
  bool holds_input_ : 1 = false;
  bool receiving_waits_to_send_ : 1 = false;
  bool sending_waits_to_receive_ : 1 = false;
};

}  // namespace sentix::core
