#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/tls/certificate.h"
#include "core/tls/openssl.h"
#include "core/tls/ticket_keys.h"
#include "core/tls/tls_options.h"

namespace sentix::core {

// Everything that TLS connections are made from, as it stood in the files at one moment: an immutable snapshot. Its
// connections hold on to it; a server whose certificates are renewed makes another one for those that come later.
//
// What it speaks: TLS 1.3, and TLS 1.2 with ephemeral keys and authenticated ciphers alone; ALPN `http/1.1`; sessions
// are resumed by tickets. There is no renegotiation, no compression, no early data (RFC 8446 §8: it can be replayed).
//
// For any thread.
class TlsContext {
 public:
  // Reads the files. Throws TlsError where one of them will not do. `options` have a certificate.
  TlsContext(const TlsOptions& options, std::shared_ptr<TicketKeys> tickets);
  ~TlsContext() = default;
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // A new connection's part of OpenSSL, for the server's side; or null where there is no memory for it. This must
  // outlive it.
  [[nodiscard]] SslPtr new_session() const { return SslPtr(SSL_new(choices_.front().ssl.get())); }

  // What is to be told about certificates that are shown although clients will refuse them: sentences.
  [[nodiscard]] std::vector<std::string> warnings() const;

  // "cert.pem (until Feb 23 01:30:11 2027 GMT), other.pem (until ...)"
  [[nodiscard]] std::string description() const;

 private:
  struct Choice {
    Certificate certificate;
    SslContextPtr ssl;
  };

  SslContextPtr new_ssl_context(const Certificate& certificate);
  void ask_clients(SSL_CTX* ssl, const TlsOptions& options);

  // OpenSSL's callbacks.
  static int choose_certificate(SSL* session, int* alert, void* self) noexcept;
  static int choose_protocol(SSL* session, const unsigned char** chosen, unsigned char* chosen_size,
                             const unsigned char* offered, unsigned int offered_size, void* self) noexcept;
  static int ticket_key(SSL* session, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                        EVP_MAC_CTX* mac, int sealing) noexcept;

  std::shared_ptr<TicketKeys> tickets_;
  std::vector<Choice> choices_;
};

}  // namespace sentix::core
