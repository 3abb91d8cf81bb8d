#pragma once

#include <string>
#include <string_view>

#include "auth/judgement.h"
#include "auth/jwt_claims.h"

namespace sentix::auth {

// What a backend's HTTP answer to "who is this?" means.
struct WebhookAnswer {
  Judgement judgement;
  std::string why = {};  // for the operator's log, never for who presented the credentials; empty after a yes
};

// 200 with the claims that a token would have (JwtClaims, to_principal), of which `sub` alone is required, is a yes, or
// a no where their `exp` has passed. 401 and 403 are a no, for the `reason` that a JSON object in the body may have.
// Everything else tells nothing: redirects, errors, and a body that is not understood to its last byte.
//
// `body` is any bytes. `nbf`, `iss` and `aud` are held against nothing: the connection shows who answers.
[[nodiscard]] WebhookAnswer read_webhook_answer(long status, std::string_view body, WallTime now);

}  // namespace sentix::auth
