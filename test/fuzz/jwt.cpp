// Signed tokens. The input is a token, or the claims of one. The properties:
//  - whatever comes as a token, it is believed only where it is, byte for byte, what the key's owner has written: the
//    signature is computed anew over the text before the last dot, and has to be the rest;
//  - whatever claims a key's owner signs, the signature is good, and the verdict hangs on the claims alone: those that
//    parse and are in force come back as they parse, and either authenticate or open a channel, never both.
#include <cstdint>
#include <string>

#include "auth/channel_tokens.h"
#include "auth/rate_limit.h"
#include "test/fuzz/require.h"
#include "test/support/jwt_maker.h"

namespace {

using namespace sentix::auth;
using sentix::test::base64url;
using sentix::test::hmac;
using sentix::test::require;

const std::string kSecret = "a secret of thirty-two bytes, ok";
constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

const JwtVerifier& verifier() {
  static const JwtVerifier instance = [] {
    JwtKeySet keys;
    keys.add("key", JwtKey::from_secret(JwtAlgorithm::hs256, kSecret));
    return JwtVerifier(std::move(keys), {.expires = false});
  }();
  return instance;
}

void check_token(std::string_view token) {
  if (!std::holds_alternative<JwtClaims>(verifier().verify(token, kNow))) return;
  const std::size_t dot = token.rfind('.');
  require(token.substr(dot + 1) == base64url(hmac(EVP_sha256(), kSecret, token.substr(0, dot))));
}

void check_claims(std::string_view json) {
  const auto verified = verifier().verify(sentix::test::hs256_token(kSecret, json), kNow);
  const auto claims = parse_jwt_claims(json);
  const auto* const fault = std::get_if<JwtFault>(&verified);
  if (fault != nullptr) {
    require(*fault != JwtFault::bad_signature && *fault != JwtFault::no_key && *fault != JwtFault::bad_header);
    require(claims.has_value() == (*fault != JwtFault::bad_claims && *fault != JwtFault::too_long) ||
            *fault == JwtFault::too_long);
    return;
  }
  require(claims.has_value());
  require(std::get<JwtClaims>(verified).user == claims->user && std::get<JwtClaims>(verified).info == claims->info);
  require(claims->rate_class.empty() || valid_rate_class(claims->rate_class));
  const bool authenticates = std::holds_alternative<PrincipalPtr>(to_principal(*claims));
  const Principal holder{claims->user, {}, {}};
  const auto judged = to_channel_grant(*claims, claims->channel.value_or("channel"), &holder);
  require(std::holds_alternative<ChannelGrant>(judged) == claims->channel.has_value());
  require(!authenticates || !claims->channel);
  require(!claims->expires_at || *claims->expires_at + std::chrono::seconds(30) > kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size < 8192 ? size : 8192);
  check_token(input);
  check_claims(input);
  return 0;
}
