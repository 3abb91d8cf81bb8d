// JWK sets. The input is one. The properties:
//  - what is read has at least one key and at most JwtKeySet::kKeysMax, and reads alike a second time; otherwise there
//  is
//    an error with a sentence;
//  - whatever keys it has, they do not believe a token that somebody without any of them has signed.
#include "auth/jwks.h"

#include <cstdint>
#include <string>

#include "test/fuzz/require.h"
#include "test/support/jwt_maker.h"

namespace {

using namespace sentix::auth;
using sentix::test::require;

// The number of keys, or none with the error.
std::size_t read(std::string_view json, JwtKeySet& keys, std::string& error) {
  try {
    static_cast<void>(add_jwks(json, keys));
    return keys.size();
  } catch (const JwtKeyError& refused) {
    error = refused.what();
    return 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string hs256 = sentix::test::hs256_token("nobody's secret, made here alone", "{}");
  static const std::string es256 = sentix::test::JwtIssuer::p256().token(R"({"alg":"ES256"})", "{}");
  static const std::string eddsa = sentix::test::JwtIssuer::ed25519().token(R"({"alg":"EdDSA"})", "{}");
  const std::string_view input(reinterpret_cast<const char*>(data), size < 16384 ? size : 16384);
  JwtKeySet keys;
  JwtKeySet again;
  std::string error;
  std::string error_again;
  const std::size_t count = read(input, keys, error);
  require(count == read(input, again, error_again) && error == error_again);
  require((count > 0) == error.empty() && count <= JwtKeySet::kKeysMax);
  for (const std::string& token : {hs256, es256, eddsa}) {
    require(keys.check(std::get<Jwt>(parse_jwt(token))).has_value());
  }
  return 0;
}
