#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace sentix::core {

// Why TLS cannot be had with some TlsOptions: a sentence that names the file, and which of the options it is about, for
// whoever knows where that was set.
class TlsError : public std::invalid_argument {
 public:
  enum class About : std::uint8_t { chain, key, client_ca, none };

  TlsError(About what, const std::string& sentence) : std::invalid_argument(sentence), about(what) {}

  About about;
  std::size_t certificate = 0;  // of TlsOptions::certificates, where it is about one
};

}  // namespace sentix::core
