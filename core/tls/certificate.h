#pragma once

#include <string>
#include <vector>

#include "core/tls/openssl.h"
#include "core/tls/tls_options.h"

namespace sentix::core {

// A certificate that the server can show: with what leads from it to a root, and with its key.
struct Certificate {
  std::string file;  // that it came from
  X509Ptr leaf;
  std::vector<X509Ptr> issuers;
  KeyPtr key;

  // Whether it is for that host, by its subject alternative names, wildcards included (RFC 6125).
  [[nodiscard]] bool is_for(const std::string& host) const;

  // "until Feb 23 01:30:11 2027 GMT": the end of its life.
  [[nodiscard]] std::string not_after() const;

  // Why clients will not accept it at this moment, though it can be shown: a sentence; or nothing.
  [[nodiscard]] std::string warning() const;
};

// Reads a certificate and its key. Throws TlsError where a file cannot be read or holds something else, where the key
// needs a passphrase, and where the two do not belong together.
[[nodiscard]] Certificate load_certificate(const CertificateFiles& files);

// The certificates of a PEM file, at least one, in their order. Throws TlsError.
[[nodiscard]] std::vector<X509Ptr> load_authorities(const std::string& path);

// Who a client's certificate is for: its common name, or without one the first of its alternative names that is a host
// name, a mail address or a URI. Empty where there is none that is 1 to 200 bytes of UTF-8 without control characters.
[[nodiscard]] std::string subject_name(const X509& certificate);

}  // namespace sentix::core
