#pragma once

#include <string>

#include "auth/jwt_verifier.h"

namespace sentix::core {

// By which keys and rules tokens are believed. Any of the three sources of keys may be given, also together: so a key
// is exchanged without a moment in which nobody can come in.
struct JwtOptions {
  std::string secret = {};                                   // of HMAC; empty: none
  auth::JwtAlgorithm algorithm = auth::JwtAlgorithm::hs256;  // of the secret: hs256, hs384 or hs512
  std::string key_file = {};                                 // a public key in PEM, which tells its algorithm itself
  std::string jwks_file = {};                                // a JWK set (RFC 7517)
  auth::JwtRules rules = {};

  [[nodiscard]] bool enabled() const { return !secret.empty() || !key_file.empty() || !jwks_file.empty(); }
  bool operator==(const JwtOptions&) const = default;
};

}  // namespace sentix::core
