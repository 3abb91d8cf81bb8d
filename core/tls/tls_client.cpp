#include "core/tls/tls_client.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <new>

#include "core/tls/certificate.h"
#include "core/tls/ssl_context.h"
#include "core/tls/tls_error.h"

namespace sentix::core {
namespace {

using About = TlsError::About;

void trust(SSL_CTX* context, const std::string& ca) {
  if (ca.empty()) {
    require_openssl(SSL_CTX_set_default_verify_paths(context) == 1, About::client_ca,
                    "the system's authorities cannot be read");
    return;
  }
  believe(context, load_authorities(ca), ca);
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
  const SslContextPtr owner = new_ssl_context(TLS_client_method());
  SSL_CTX* const context = owner.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  trust(context, options.ca);
  if (options.certificate != CertificateFiles{}) {
    use(context, load_certificate(options.certificate));
  }
  SslPtr session(SSL_new(context));  // which keeps the context
  if (!session) {
    throw std::bad_alloc();
  }
  require_openssl(expect_host(session.get(), host), About::none, "TLS cannot be asked for " + host);
  SSL_set_connect_state(session.get());
  return session;
}

}  // namespace sentix::core
