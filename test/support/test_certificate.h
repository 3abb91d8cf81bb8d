#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/tls/openssl.h"
#include "core/tls/tls_options.h"
#include "test/support/temporary_folder.h"

namespace sentix::test {

struct CertificateWish {
  std::string common_name = "localhost";                      // none where empty
  std::string alternative_names = "DNS:localhost";            // as openssl.cnf has them; none where empty
  std::chrono::seconds until = std::chrono::hours(24);        // from now
  std::chrono::seconds from = std::chrono::seconds(-86'400);  // from now
};

// Makes a certificate that signs itself, and its key (P-256), as two files of the folder: NAME.pem and NAME.key.
inline core::CertificateFiles make_certificate(const TemporaryFolder& folder, const std::string& name,
                                               const CertificateWish& wish = {}) {
  const auto require = [](bool done) { done ? void() : throw std::runtime_error("no certificate"); };
  const core::KeyPtr key(EVP_EC_gen("P-256"));
  const core::X509Ptr certificate(X509_new());
  require(key && certificate);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.until.count());
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  const std::string& text = wish.common_name;
  if (!text.empty()) {
    require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1);
  }
  X509_set_issuer_name(certificate.get(), subject);
  if (!wish.alternative_names.empty()) {
    using Extension = std::unique_ptr<X509_EXTENSION, core::FreedBy<X509_EXTENSION_free>>;
    const Extension names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wish.alternative_names.c_str()));
    require(names && X509_add_ext(certificate.get(), names.get(), -1) == 1);
  }
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  const core::CertificateFiles files{.chain = folder.path(name + ".pem"), .key = folder.path(name + ".key")};
  const core::BioPtr chain_file(BIO_new_file(files.chain.c_str(), "wb"));
  const core::BioPtr key_file(BIO_new_file(files.key.c_str(), "wb"));
  require(PEM_write_bio_X509(chain_file.get(), certificate.get()) == 1 &&
          PEM_write_bio_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return files;
}

}  // namespace sentix::test
