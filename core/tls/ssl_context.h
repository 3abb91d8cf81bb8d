#pragma once

#include <string>
#include <vector>

#include "core/tls/certificate.h"
#include "core/tls/openssl.h"
#include "core/tls/tls_error.h"

namespace sentix::core {

// What both sides of TLS have in common.

// Throws TlsError with `what` and OpenSSL's words for it where it is not done.
void require_openssl(bool done, TlsError::About about, const std::string& what);

// A context that speaks TLS 1.2 and later, without what has been found weak. Throws TlsError and std::bad_alloc.
[[nodiscard]] SslContextPtr new_ssl_context(const SSL_METHOD* method);

// Shows the certificate and those of its issuers. Throws TlsError.
void use(SSL_CTX* context, const Certificate& certificate);

// Believes these authorities, which need be no roots; `file` is where they stand. Throws TlsError.
void believe(SSL_CTX* context, const std::vector<X509Ptr>& authorities, const std::string& file);

}  // namespace sentix::core
