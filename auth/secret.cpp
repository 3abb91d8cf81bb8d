#include "auth/secret.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace sentix::auth {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::optional<unsigned> hex_value(char digit) {
  if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  const std::size_t value = kHexDigits.find(digit);
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(value);
}

}  // namespace

Digest sha256(std::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string to_hex(const Digest& digest) {
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const std::byte byte : digest) {
    hex += kHexDigits[std::to_integer<std::size_t>(byte >> 4)];
    hex += kHexDigits[std::to_integer<std::size_t>(byte & std::byte{0x0F})];
  }
  return hex;
}

std::optional<Digest> parse_digest(std::string_view hex) {
  Digest digest;
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = hex_value(hex[2 * i]);
    const auto low = hex_value(hex[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<std::byte>(*high << 4 | *low);
  }
  return digest;
}

// The digests are compared instead of the texts, because a comparison of texts would have to stop at the shorter one's
// end.
bool equal(std::string_view given, std::string_view expected) {
  return equal(sha256(given), sha256(expected));
}

bool equal(const Digest& given, const Digest& expected) {
  return CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
}

}  // namespace sentix::auth
