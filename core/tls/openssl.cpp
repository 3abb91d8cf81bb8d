#include "core/tls/openssl.h"

#include <openssl/err.h>

#include <array>

namespace sentix::core {

std::string openssl_words(unsigned long error) {
  if (const char* const reason = ERR_reason_error_string(error)) {
    return reason;
  }
  std::array<char, 256> code;
  ERR_error_string_n(error, code.data(), code.size());
  return code.data();
}

std::string take_openssl_error() {
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  return error == 0 ? "OpenSSL does not say why" : openssl_words(error);
}

}  // namespace sentix::core
