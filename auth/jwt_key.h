#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sentix::auth {

// The algorithms of signatures that are spoken here (RFC 7518 §3.1, RFC 8037 §3.1). There is no `none`.
enum class JwtAlgorithm : std::uint8_t { hs256, hs384, hs512, rs256, es256, eddsa };

// "HS256", as a token's header has it; back, exactly so.
[[nodiscard]] std::string_view name(JwtAlgorithm algorithm);
[[nodiscard]] std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name);

// Why a key cannot be used: the end of a sentence that begins with where it stands.
class JwtKeyError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// One key that signatures are checked by. Its algorithm belongs to it and never comes from a token: a token cannot
// choose to be checked as something else (RFC 8725 §3.1), and the text of a public key is nobody's secret.
//
// Immutable; copies share the key; any thread may ask. Those who make one throw JwtKeyError.
class JwtKey {
 public:
  // HS256, HS384 or HS512. A secret shorter than the hash is refused (RFC 7518 §3.2): it could be guessed.
  static JwtKey from_secret(JwtAlgorithm algorithm, std::string secret);

  // A public key as PEM ("BEGIN PUBLIC KEY"): RSA of 2048 to 8192 bits is for RS256, P-256 for ES256, Ed25519 for
  // EdDSA. A private key is refused: whoever checks tokens has no use for it.
  static JwtKey from_pem(std::string_view pem);

  // The same from the numbers of a JWK, big-endian (RFC 7518 §6.3.1, §6.2.1; RFC 8037 §2).
  static JwtKey from_rsa(std::string_view modulus, std::string_view exponent);
  static JwtKey from_p256(std::string_view x, std::string_view y);
  static JwtKey from_ed25519(std::string_view x);

  [[nodiscard]] JwtAlgorithm algorithm() const { return algorithm_; }

  // Whether `signature` is this key's over `text`.
  [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

 private:
  JwtKey(JwtAlgorithm algorithm, std::string secret) : algorithm_(algorithm), secret_(std::move(secret)) {}
  explicit JwtKey(std::shared_ptr<EVP_PKEY> public_key);

  JwtAlgorithm algorithm_;
  std::string secret_;                    // of the HMAC algorithms
  std::shared_ptr<EVP_PKEY> public_key_;  // of the others
};

}  // namespace sentix::auth
