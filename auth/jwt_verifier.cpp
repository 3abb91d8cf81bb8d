#include "auth/jwt_verifier.h"

#include <algorithm>
#include <utility>

namespace sentix::auth {

namespace {

bool has(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

std::variant<JwtClaims, JwtFault> JwtVerifier::verify(std::string_view token, WallTime now) const {
  const auto parsed = parse_jwt(token);
  if (const auto* const fault = std::get_if<JwtFault>(&parsed)) return *fault;
  const Jwt& jwt = std::get<Jwt>(parsed);
  if (const auto fault = keys_.check(jwt)) return *fault;  // before anybody looks at what it says
  auto claims = parse_jwt_claims(jwt.claims);
  if (!claims) return JwtFault::bad_claims;
  if (const auto fault = judge(*claims, now)) return *fault;
  if (claims->expires_at) *claims->expires_at += rules_.leeway;
  return std::move(*claims);
}

std::optional<JwtFault> JwtVerifier::judge(const JwtClaims& claims, WallTime now) const {
  if (rules_.expires && !claims.expires_at) return JwtFault::missing_claim;
  for (const std::string& name : rules_.required_claims) {
    if (!has(claims.names, name)) return JwtFault::missing_claim;
  }
  if (claims.expires_at && now >= *claims.expires_at + rules_.leeway) return JwtFault::expired;
  if (claims.not_before && now + rules_.leeway < *claims.not_before) return JwtFault::not_yet;
  if (!rules_.issuer.empty() && claims.issuer != rules_.issuer) return JwtFault::other_issuer;
  // RFC 7519 §4.1.3: who does not find itself in an `aud` that is there must refuse.
  const bool says_for_whom = has(claims.names, "aud");
  if (rules_.audience.empty() ? says_for_whom : !has(claims.audience, rules_.audience)) return JwtFault::other_audience;
  return std::nullopt;
}

}  // namespace sentix::auth
