#include "core/tls/tls_context.h"

#include <openssl/err.h>

#include <array>
#include <new>
#include <string_view>
#include <utility>

#include "auth/secret.h"
#include "core/tls/ssl_context.h"
#include "core/tls/tls_error.h"

namespace sentix::core {
namespace {

using About = TlsError::About;

// Ephemeral keys, so that a stolen certificate opens no recorded connection, and authenticated ciphers (RFC 9325 §4.2).
constexpr const char* kCiphersOfTls12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kCiphersOfTls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr long kClientCertificatesBytes = 32 << 10;  // of a client's whole chain; it is not known yet who sends it
constexpr std::size_t kTickets = 1;                  // for each handshake: a WebSocket client comes back one at a time

// A client that offers the ciphers in hardware gets them as the server prefers; one that puts ChaCha20 first has no
// such hardware.
constexpr std::uint64_t kOptions = SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

constexpr std::string_view kProtocol = "http/1.1";

}  // namespace

TlsContext::TlsContext(const TlsOptions& options, std::shared_ptr<TicketKeys> tickets) : tickets_(std::move(tickets)) {
  for (std::size_t i = 0; i < options.certificates.size(); ++i) {
    try {
      Certificate certificate = load_certificate(options.certificates[i]);
      SslContextPtr ssl = new_ssl_context(certificate);
      ask_clients(ssl.get(), options);
      choices_.push_back({std::move(certificate), std::move(ssl)});
    } catch (TlsError& error) {
      error.certificate = i;
      throw;
    }
  }
}

SslContextPtr TlsContext::new_ssl_context(const Certificate& certificate) {
  SslContextPtr owner = core::new_ssl_context(TLS_server_method());
  SSL_CTX* const ssl = owner.get();
  SSL_CTX_set_options(ssl, kOptions);
  SSL_CTX_set_read_ahead(ssl, 1);  // a record's header and its body come with one system call
  const bool set = SSL_CTX_set_max_proto_version(ssl, 0) == 1 && SSL_CTX_set_cipher_list(ssl, kCiphersOfTls12) == 1 &&
                   SSL_CTX_set_ciphersuites(ssl, kCiphersOfTls13) == 1 && SSL_CTX_set1_groups_list(ssl, kGroups) == 1;
  require_openssl(set, About::none, "this OpenSSL lacks what TLS needs here");
  use(ssl, certificate);

  // Nothing is kept of a session here: it is the client that keeps it, in its ticket.
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(ssl, std::chrono::seconds(TicketKeys::kLifetime).count());
  SSL_CTX_set_num_tickets(ssl, kTickets);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, ticket_key);
  SSL_CTX_set_app_data(ssl, this);

  SSL_CTX_set_tlsext_servername_callback(ssl, choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(ssl, this);
  SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, nullptr);
  return owner;
}

// A session is resumed only where clients are asked as they were when it began: by the same authorities.
void TlsContext::ask_clients(SSL_CTX* ssl, const TlsOptions& options) {
  std::string asked = std::to_string(static_cast<int>(options.client_certificates));
  if (options.asks_clients()) {
    const bool required = options.client_certificates == ClientCertificates::required;
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    SSL_CTX_set_max_cert_list(ssl, kClientCertificatesBytes);
    const std::vector<X509Ptr> authorities = load_authorities(options.client_ca);
    believe(ssl, authorities, options.client_ca);
    for (const X509Ptr& authority : authorities) {
      const bool added = SSL_CTX_add_client_CA(ssl, authority.get()) == 1;
      std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
      unsigned int size = 0;
      require_openssl(added && X509_digest(authority.get(), EVP_sha256(), digest.data(), &size) == 1, About::client_ca,
                      options.client_ca + " cannot be used");
      asked.append(reinterpret_cast<const char*>(digest.data()), size);
    }
  }
  const auth::Digest name = auth::sha256(asked);
  SSL_CTX_set_session_id_context(ssl, reinterpret_cast<const unsigned char*>(name.data()), name.size());
}

std::vector<std::string> TlsContext::warnings() const {
  std::vector<std::string> sentences;
  for (const Choice& choice : choices_) {
    if (std::string warning = choice.certificate.warning(); !warning.empty()) {
      sentences.push_back(std::move(warning));
    }
  }
  return sentences;
}

std::string TlsContext::description() const {
  std::string text;
  for (const Choice& choice : choices_) {
    text += (text.empty() ? "" : ", ") + choice.certificate.file + " (" + choice.certificate.not_after() + ")";
  }
  return text;
}

int TlsContext::choose_certificate(SSL* session, int* /*alert*/, void* self) noexcept {
  const char* const asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  try {
    const std::string host = asked;
    for (const Choice& choice : static_cast<const TlsContext*>(self)->choices_) {
      if (choice.certificate.is_for(host)) {
        SSL_set_SSL_CTX(session, choice.ssl.get());
        return SSL_TLSEXT_ERR_OK;
      }
    }
  } catch (...) {  // no memory for the name: the first certificate will do
  }
  return SSL_TLSEXT_ERR_NOACK;  // the first certificate; the client decides whether that is good enough (RFC 6066 §3)
}

// A client that asks for other protocols only speaks none that is spoken here (RFC 7301 §3.2).
int TlsContext::choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* chosen_size,
                                const unsigned char* offered, unsigned int offered_size, void* /*self*/) noexcept {
  for (unsigned int at = 0; at < offered_size; at += 1u + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
    if (name == kProtocol) {
      *chosen = offered + at + 1;
      *chosen_size = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int TlsContext::ticket_key(SSL* session, unsigned char* key_name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                           EVP_MAC_CTX* mac, int sealing) noexcept {
  auto* const self = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(session)));
  const TicketKeys::Ticket ticket{.key_name = key_name, .iv = iv, .cipher = cipher, .mac = mac};
  const auto now = std::chrono::steady_clock::now();
  return static_cast<int>(sealing != 0 ? self->tickets_->seal(ticket, now) : self->tickets_->open(ticket, now));
}

}  // namespace sentix::core
