#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sentix {

// A certificate and its private key, each a PEM file. `cert` begins with the server's own certificate; behind it stand
// those of the authorities between it and a root. The key has no passphrase.
struct Certificate {
  std::string cert = {};
  std::string key = {};
};

// Whether clients are asked for a certificate. One that is shown must be good; `required` keeps out who shows none.
enum class ClientCertificates : std::uint8_t { off, optional, required };

// How a server speaks TLS. An aggregate, for designated initializers.
struct TlsOptions {
  // Of these a client gets the first that is for the host it asks for, and else the first of all.
  std::vector<Certificate> certificates = {};

  // A PEM file with the authorities whose client certificates are good. Who shows one is authenticated as the user that
  // the certificate names (its common name, or its first alternative name), with a principal without a list of
  // permissions; set_authorizer() has the last word on what that user may.
  std::string client_ca = {};
  ClientCertificates client_certificates = ClientCertificates::off;
};

}  // namespace sentix
