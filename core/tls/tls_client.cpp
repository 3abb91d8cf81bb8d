#include "core/tls/tls_client.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <new>

#include "core/tls/certificate.h"
#include "core/tls/tls_error.h"

namespace sentix::core {
namespace {

using About = TlsError::About;

constexpr int kSecurityLevel = 2;  // of OpenSSL: 112 bits, RSA keys of 2048
constexpr std::uint64_t kOptions = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF;
constexpr long kModes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

void require(bool done, About about, const std::string& what) {
  if (!done) {
    throw TlsError(about, what + ": " + take_openssl_error());
  }
}

void trust(SSL_CTX* context, const std::string& ca) {
  if (ca.empty()) {
    require(SSL_CTX_set_default_verify_paths(context) == 1, About::client_ca,
            "the system's authorities cannot be read");
    return;
  }
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);  // an authority need be no root
  for (const X509Ptr& authority : load_authorities(ca)) {
    require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) == 1, About::client_ca,
            ca + " cannot be used");
  }
}

void show(SSL_CTX* context, const CertificateFiles& files) {
  if (files == CertificateFiles{}) {
    return;
  }
  const Certificate certificate = load_certificate(files);
  bool used = SSL_CTX_use_certificate(context, certificate.leaf.get()) == 1;
  for (const X509Ptr& issuer : certificate.issuers) {
    used = used && SSL_CTX_add1_chain_cert(context, issuer.get()) == 1;
  }
  require(used && SSL_CTX_use_PrivateKey(context, certificate.key.get()) == 1, About::chain,
          "the certificate " + files.chain + " cannot be used");
}

// RFC 6066 §3: names are told to the server, addresses are not.
bool expect_host(SSL* session, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) {
    return true;
  }
  ERR_clear_error();
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

SslPtr new_tls_client(const TlsClientOptions& options, const std::string& host) {
  ERR_clear_error();
  const SslContextPtr owner(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = owner ? owner.get() : throw std::bad_alloc();
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, kOptions);
  SSL_CTX_set_mode(context, kModes);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, About::none, "this OpenSSL lacks TLS 1.2");
  trust(context, options.ca);
  show(context, options.certificate);
  SslPtr session(SSL_new(context));  // which keeps the context
  if (!session) {
    throw std::bad_alloc();
  }
  require(expect_host(session.get(), host), About::none, "TLS cannot be asked for " + host);
  SSL_set_connect_state(session.get());
  return session;
}

}  // namespace sentix::core
