#include "core/tls/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/small_file.h"
#include "core/tls/tls_error.h"
#include "protocol/utf8.h"

namespace sentix::core {
namespace {

using About = TlsError::About;

constexpr std::size_t kNameBytesMax = 200;

std::string read_file(const std::string& path, About about) {
  try {
    return read_small_file(path);
  } catch (const FileTooLarge& error) {
    throw TlsError(about, std::string(error.what()) + ": it is no PEM file");
  } catch (const SmallFileError& error) {
    throw TlsError(about, error.what());
  }
}

BioPtr reader_of(const std::string& text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return bio ? std::move(bio) : throw std::bad_alloc();
}

// Never asks anybody: a server starts with nobody there to answer.
int refuse_passphrase(char* /*into*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

std::vector<X509Ptr> read_certificates(const std::string& path, About about) {
  const std::string text = read_file(path, about);
  const BioPtr bio = reader_of(text);
  std::vector<X509Ptr> certificates;
  ERR_clear_error();
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // The file ends where no further PEM block begins. Anything else is a block that is broken.
  const bool at_end = ERR_GET_REASON(ERR_peek_error()) == PEM_R_NO_START_LINE;
  const std::string error = take_openssl_error();
  if (!at_end || certificates.empty()) {
    throw TlsError(about, path + " holds no certificate in PEM form" + (at_end ? "" : ": " + error));
  }
  return certificates;
}

KeyPtr read_key(const std::string& path) {
  const std::string text = read_file(path, About::key);
  const BioPtr bio = reader_of(text);
  bool asked_for_passphrase = false;
  ERR_clear_error();
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, &asked_for_passphrase));
  const std::string error = take_openssl_error();
  if (asked_for_passphrase) {
    throw TlsError(About::key, path + " is encrypted, and nobody is there to give the passphrase: openssl pkey -in " +
                                   path + " writes the key without one");
  }
  return key ? std::move(key) : throw TlsError(About::key, path + " holds no private key in PEM form: " + error);
}

std::string time_text(const ASN1_TIME* time) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!bio || ASN1_TIME_print(bio.get(), time) != 1) {
    return "a time that cannot be shown";
  }
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && protocol::valid_utf8(std::as_bytes(std::span(text))) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string utf8_text(const ASN1_STRING* string) {
  unsigned char* text = nullptr;
  const int size = string == nullptr ? -1 : ASN1_STRING_to_UTF8(&text, string);
  std::string copy = size < 0 ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
  OPENSSL_free(text);
  return is_name(copy) ? copy : std::string();
}

std::string first_alternative_name(const X509& certificate) {
  using Names = std::unique_ptr<GENERAL_NAMES, FreedBy<GENERAL_NAMES_free>>;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) {
      return utf8_text(static_cast<const ASN1_STRING*>(value));
    }
  }
  return {};
}

}  // namespace

bool Certificate::is_for(const std::string& host) const {
  return X509_check_host(leaf.get(), host.data(), host.size(), 0, nullptr) == 1;
}

std::string Certificate::not_after() const {
  return "until " + time_text(X509_get0_notAfter(leaf.get()));
}

std::string Certificate::warning() const {
  if (X509_cmp_current_time(X509_get0_notAfter(leaf.get())) < 0) {
    return "the certificate " + file + " was good " + not_after() + ": clients will not accept it";
  }
  if (X509_cmp_current_time(X509_get0_notBefore(leaf.get())) > 0) {
    return "the certificate " + file + " is not good before " + time_text(X509_get0_notBefore(leaf.get())) +
           ": clients will not accept it";
  }
  return {};
}

Certificate load_certificate(const CertificateFiles& files) {
  std::vector<X509Ptr> chain = read_certificates(files.chain, About::chain);
  Certificate certificate{.file = files.chain, .leaf = std::move(chain.front()), .issuers = {}, .key = {}};
  certificate.issuers.assign(std::make_move_iterator(chain.begin() + 1), std::make_move_iterator(chain.end()));
  certificate.key = read_key(files.key);
  if (X509_check_private_key(certificate.leaf.get(), certificate.key.get()) != 1) {
    ERR_clear_error();
    throw TlsError(About::key, files.key + " is not the key of the certificate " + files.chain);
  }
  return certificate;
}

std::vector<X509Ptr> load_authorities(const std::string& path) {
  return read_certificates(path, About::client_ca);
}

std::string subject_name(const X509& certificate) {
  X509_NAME* const subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) {
    return utf8_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  }
  return first_alternative_name(certificate);
}

}  // namespace sentix::core
