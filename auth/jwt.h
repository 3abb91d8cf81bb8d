#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "auth/jwt_key.h"

namespace sentix::auth {

// What is wrong with a token. One enumerator is one sentence (describe) for the operator's log. Those up to
// bad_signature are about what no key has signed.
enum class JwtFault : std::uint8_t {
  not_a_token,
  too_long,
  bad_header,
  critical_header,
  unknown_algorithm,
  no_key,
  bad_signature,
  bad_claims,
  missing_claim,
  expired,
  not_yet,
  other_issuer,
  other_audience,
  other_purpose,
  other_user,
  other_channel,
};

// "it has expired", to be put behind "a token is refused: ".
[[nodiscard]] std::string_view describe(JwtFault fault);

// The same for who presented it: of what nobody here has signed it says only that, and so tells nothing of the keys.
[[nodiscard]] std::string_view describe_to_holder(JwtFault fault);

// Room for a token with a list of permissions; more does not come through a `token` of the wire either.
inline constexpr std::size_t kJwtBytesMax = 8192;

// A token in the compact form of JWS (RFC 7515 §3.1, RFC 7519), taken apart: HEADER.CLAIMS.SIGNATURE. Nothing in it
// may be believed before a key has said that the signature is its own (JwtKeySet::check).
struct Jwt {
  JwtAlgorithm algorithm{};           // what the token claims; a key has its own
  std::optional<std::string> key_id;  // `kid`
  std::string claims;                 // as decoded; whether it is JSON has not been looked at yet
  std::string_view signed_text;       // HEADER.CLAIMS; borrows from the token
  std::string signature;
};

// Whether it has the shape of one: two dots. So a token that somebody else may know is told from one that is for here.
[[nodiscard]] bool looks_like_jwt(std::string_view token);

// Refused are headers with `crit` (RFC 7515 §4.1.11: nothing is understood that may stand there), those that have a
// known name twice or with escapes, and any algorithm that is not spoken here, `none` among them. `token` is borrowed
// by the result.
[[nodiscard]] std::variant<Jwt, JwtFault> parse_jwt(std::string_view token);

}  // namespace sentix::auth
