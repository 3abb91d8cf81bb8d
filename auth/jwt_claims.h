#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/jwt.h"
#include "auth/principal.h"

namespace sentix::auth {

// Wall-clock time, which is what tokens speak of.
using WallTime = std::chrono::system_clock::time_point;

// What a token says (RFC 7519 §4), as values. Whether it may be believed is decided elsewhere (JwtVerifier).
struct JwtClaims {
  std::string user;                               // `sub`; empty where there is none
  std::optional<WallTime> expires_at;             // `exp`: from then on it is not good
  std::optional<WallTime> not_before;             // `nbf`
  std::optional<std::string> issuer;              // `iss`
  std::vector<std::string> audience;              // `aud`, one text or a list of them
  std::optional<std::vector<Grant>> permissions;  // `permissions` (auth/grants.h)
  std::string info;                               // `info`: any JSON value, or empty
  std::string rate_class;                         // `rate_class` (valid_rate_class()), or empty
  std::optional<std::string> channel;             // `channel`: it is for subscribing there, not for authenticating
  bool publish = false;            // `publish`, where there is a channel: it is also for publishing there
  bool presence = false;           // `presence`, likewise: also for seeing who is there
  std::vector<std::string> names;  // of all claims that it has
};

// Reads the decoded claims of a token. nullopt where they are no JSON object; where a claim above is of another type
// (`publish` and `presence` only beside a channel), occurs twice or is written with escapes; where a date is negative
// or beyond the year 9999; and where no class may be called what `rate_class` says.
[[nodiscard]] std::optional<JwtClaims> parse_jwt_claims(std::string_view json);

// Who such claims make somebody, once they are believed, with what they open of the private channels, and until when:
// missing_claim where they name nobody, other_purpose where they are for one channel alone (RFC 8725 §3.12). Without
// `permissions` nothing is open: who knows nothing of this server opens nothing.
[[nodiscard]] std::variant<PrincipalPtr, JwtFault> to_principal(JwtClaims claims);

}  // namespace sentix::auth
