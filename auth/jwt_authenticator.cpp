#include "auth/jwt_authenticator.h"

#include <utility>

namespace sentix::auth {

void JwtAuthenticator::authenticate(const Credentials& given, AuthenticationDone done) {
  const auto token = given.get("token");
  if (!token || !looks_like_jwt(*token)) return done(nullptr);
  auto judgement = judge(*token);
  if (const auto* const fault = std::get_if<JwtFault>(&judgement)) {
    if (refused_) refused_(*fault);
    return done(nullptr);
  }
  done(std::get<PrincipalPtr>(std::move(judgement)));
}

std::variant<PrincipalPtr, JwtFault> JwtAuthenticator::judge(std::string_view token) const {
  auto verified = verifier_()->verify(token, clock_());
  if (const auto* const fault = std::get_if<JwtFault>(&verified)) return *fault;
  auto& claims = std::get<JwtClaims>(verified);
  if (claims.channel) return JwtFault::other_purpose;
  if (claims.user.empty()) return JwtFault::missing_claim;
  return std::make_shared<const Principal>(
      Principal{.user = std::move(claims.user),
                .info = std::move(claims.info),
                .grants = std::move(claims.permissions).value_or(std::vector<Grant>()),
                .expires_at = claims.expires_at});
}

}  // namespace sentix::auth
