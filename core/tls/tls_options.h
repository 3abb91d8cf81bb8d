#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sentix::core {

// A certificate and its private key, each a PEM file. `chain` begins with the server's own certificate; behind it stand
// those of the authorities between it and a root, in their order.
struct CertificateFiles {
  std::string chain = {};
  std::string key = {};

  bool operator==(const CertificateFiles&) const = default;
};

// Whether clients are asked for a certificate. One that is presented must be good in either case.
enum class ClientCertificates : std::uint8_t { off, optional, required };

// What is to be known for TLS on the public listener.
struct TlsOptions {
  // Of these a client gets the first that is for the host it asks for (RFC 6066 §3), and else the first of all. Without
  // any there is no TLS.
  std::vector<CertificateFiles> certificates = {};

  // A PEM file with the authorities whose client certificates are good.
  std::string client_ca = {};
  ClientCertificates client_certificates = ClientCertificates::off;

  [[nodiscard]] bool enabled() const { return !certificates.empty(); }
  [[nodiscard]] bool asks_clients() const { return enabled() && client_certificates != ClientCertificates::off; }

  bool operator==(const TlsOptions&) const = default;
};

// What is to be known for TLS where we are the client.
struct TlsClientOptions {
  std::string ca = {};                // a PEM file with the authorities to believe; empty: those of the system
  CertificateFiles certificate = {};  // that is shown where the server asks for one; may be empty

  bool operator==(const TlsClientOptions&) const = default;
};

}  // namespace sentix::core
