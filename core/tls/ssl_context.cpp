#include "core/tls/ssl_context.h"

#include <openssl/err.h>

#include <cstdint>
#include <new>

namespace sentix::core {
namespace {

using About = TlsError::About;

constexpr int kSecurityLevel = 2;  // of OpenSSL: 112 bits, RSA keys of 2048

// A peer that ends its TCP connection without close_notify has ended it: messages say themselves where they end, so
// nothing can be cut off unnoticed.
constexpr std::uint64_t kOptions = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF;

// Buffers are given back when they are empty. What is written may be gathered anew for another try, and is taken record
// by record.
constexpr long kModes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

}  // namespace

void require_openssl(bool done, About about, const std::string& what) {
  if (!done) {
    throw TlsError(about, what + ": " + take_openssl_error());
  }
}

SslContextPtr new_ssl_context(const SSL_METHOD* method) {
  ERR_clear_error();
  SslContextPtr owner(SSL_CTX_new(method));
  SSL_CTX* const context = owner ? owner.get() : throw std::bad_alloc();
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, kOptions);
  SSL_CTX_set_mode(context, kModes);
  require_openssl(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, About::none,
                  "this OpenSSL lacks TLS 1.2");
  return owner;
}

void use(SSL_CTX* context, const Certificate& certificate) {
  const std::string cannot = "the certificate " + certificate.file + " cannot be used";
  require_openssl(SSL_CTX_use_certificate(context, certificate.leaf.get()) == 1, About::chain, cannot);
  for (const X509Ptr& issuer : certificate.issuers) {
    require_openssl(SSL_CTX_add1_chain_cert(context, issuer.get()) == 1, About::chain, cannot);
  }
  require_openssl(SSL_CTX_use_PrivateKey(context, certificate.key.get()) == 1, About::key, cannot);
}

void believe(SSL_CTX* context, const std::vector<X509Ptr>& authorities, const std::string& file) {
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  for (const X509Ptr& authority : authorities) {
    require_openssl(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) == 1, About::client_ca,
                    file + " cannot be used");
  }
}

}  // namespace sentix::core
