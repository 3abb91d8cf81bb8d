#pragma once

#include <string>

#include "core/tls/openssl.h"
#include "core/tls/tls_options.h"

namespace sentix::core {

// A new connection's part of OpenSSL, for the client's side (TlsSession takes it). It speaks what the server's side
// does (TlsContext), and goes no further than the handshake where the server's certificate is not one that `options.ca`
// vouches for, has expired, or is not for `host`: a name, or an address without brackets.
//
// Reads the files, so that a certificate that was renewed is shown from the next connection on. Throws TlsError where
// one of them will not do, and std::bad_alloc.
[[nodiscard]] SslPtr new_tls_client(const TlsClientOptions& options, const std::string& host);

}  // namespace sentix::core
