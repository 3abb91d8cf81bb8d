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
  return to_principal(std::get<JwtClaims>(std::move(verified)));
}

}  // namespace sentix::auth
