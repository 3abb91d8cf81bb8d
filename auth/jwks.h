#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt_key_set.h"

namespace sentix::auth {

// Adds the keys of a JWK set (RFC 7517 §5) to `keys`: `oct` for HS256, HS384 or HS512, whichever its `alg` says, and
// `RSA`, `EC` with P-256 and `OKP` with Ed25519, whose algorithm follows from what they are.
//
// What is not for here is left out, each with a note for the log: another `kty`, `crv` or `alg`, and a `use` or
// `key_ops` that is not for checking signatures (§5 asks for that, so that an issuer may add kinds of keys). What
// should be good and is not throws JwtKeyError: text that is no JWK set, a weak key, two keys with one `kid`, a set
// from which nothing could be used.
std::vector<std::string> add_jwks(std::string_view json, JwtKeySet& keys);

}  // namespace sentix::auth
