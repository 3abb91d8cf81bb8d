#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/jwt.h"
#include "auth/jwt_claims.h"
#include "auth/jwt_key_set.h"

namespace sentix::auth {

// What a token must say beside carrying a good signature.
struct JwtRules {
  std::string issuer = {};    // `iss` must be this; empty: any, or none
  std::string audience = {};  // `aud` must have this; empty: a token for somebody is refused
  std::chrono::milliseconds leeway =
      std::chrono::seconds(30);                   // how far the issuer's clock may be off (RFC 7519 §4.1.4)
  bool expires = true;                            // `exp` must be there: a token without an end is good for ever
  std::vector<std::string> required_claims = {};  // and these

  bool operator==(const JwtRules&) const = default;
};

// Decides whether a token may be believed: which keys there are, and by which rules. One immutable snapshot, which any
// thread may ask; whoever reads keys again makes a new one.
class JwtVerifier {
 public:
  JwtVerifier(JwtKeySet keys, JwtRules rules) : keys_(std::move(keys)), rules_(std::move(rules)) {}

  // The token's claims, all of them covered by the signature of one of the keys, and in force at `now`; their
  // `expires_at` is the moment from which on they are not, the leeway included.
  [[nodiscard]] std::variant<JwtClaims, JwtFault> verify(std::string_view token, WallTime now) const;

 private:
  [[nodiscard]] std::optional<JwtFault> judge(const JwtClaims& claims, WallTime now) const;

  JwtKeySet keys_;
  JwtRules rules_;
};

}  // namespace sentix::auth
