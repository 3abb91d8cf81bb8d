#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sentix::core {

// Owners of OpenSSL's objects.
template <auto Free>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, FreedBy<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using SslPtr = std::unique_ptr<SSL, FreedBy<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;
using X509Ptr = std::unique_ptr<X509, FreedBy<X509_free>>;

// OpenSSL's words for an error of its queue (ERR_peek_error): "no shared cipher".
[[nodiscard]] std::string openssl_words(unsigned long error);

// The same for what this thread's queue holds, which is empty afterwards: the reason that was noted first.
[[nodiscard]] std::string take_openssl_error();

}  // namespace sentix::core
