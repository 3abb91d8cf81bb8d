#include "auth/jwt.h"

#include <algorithm>
#include <array>

#include "auth/base64url.h"
#include "protocol/json_fields.h"
#include "protocol/json_syntax.h"
#include "protocol/json_value.h"

namespace sentix::auth {

namespace {

// What parse_jwt() looks at in a header; the numbers are the places of their names in kNames.
enum HeaderField : std::size_t { alg, kid, crit };
constexpr std::array<std::string_view, 3> kNames{"alg", "kid", "crit"};

std::optional<JwtFault> read_header(std::string_view json, Jwt& jwt) {
  if (protocol::validate_json_utf8(json)) return JwtFault::bad_header;
  protocol::JsonFields header(kNames);
  if (header.read(json) || header.repeated() != 0 || header.escaped() != 0) return JwtFault::bad_header;
  if (!header.value(crit).empty()) return JwtFault::critical_header;
  jwt.key_id = protocol::json_text(header.value(kid));
  if (!jwt.key_id && !header.value(kid).empty()) return JwtFault::bad_header;
  const auto algorithm_name = protocol::json_text(header.value(alg));
  if (!algorithm_name) return JwtFault::bad_header;
  const auto algorithm = jwt_algorithm(*algorithm_name);
  if (!algorithm) return JwtFault::unknown_algorithm;
  jwt.algorithm = *algorithm;
  return std::nullopt;
}

}  // namespace

std::string_view describe(JwtFault fault) {
  switch (fault) {
    case JwtFault::not_a_token:
      return "it is no JWT: three parts in base64url with dots between";
    case JwtFault::too_long:
      return "it is longer than 8192 bytes";
    case JwtFault::bad_header:
      return "its header is not what RFC 7515 asks for";
    case JwtFault::critical_header:
      return "its header has `crit`";
    case JwtFault::unknown_algorithm:
      return "its algorithm is none of HS256, HS384, HS512, RS256, ES256 and EdDSA";
    case JwtFault::no_key:
      return "there is no key with its id and its algorithm";
    case JwtFault::bad_signature:
      return "no key's signature covers it";
    case JwtFault::bad_claims:
      return "its claims are not what RFC 7519 and auth/jwt_claims.h ask for";
    case JwtFault::missing_claim:
      return "a claim is missing: sub, exp, or one of auth.jwt.required_claims";
    case JwtFault::expired:
      return "it has expired";
    case JwtFault::not_yet:
      return "it is not valid yet";
    case JwtFault::other_issuer:
      return "its issuer is not auth.jwt.issuer";
    case JwtFault::other_audience:
      return "its audience is not auth.jwt.audience";
    case JwtFault::other_purpose:
      return "it is for authentication and used for a channel, or the other way round";
    case JwtFault::other_user:
      return "it is for another user";
    case JwtFault::other_channel:
      return "it is for another channel";
  }
  return {};
}

std::string_view describe_to_holder(JwtFault fault) {
  return fault <= JwtFault::bad_signature ? "no key of this server has signed it" : describe(fault);
}

bool looks_like_jwt(std::string_view token) {
  return std::count(token.begin(), token.end(), '.') == 2;
}

std::variant<Jwt, JwtFault> parse_jwt(std::string_view token) {
  if (token.size() > kJwtBytesMax) return JwtFault::too_long;
  if (!looks_like_jwt(token)) return JwtFault::not_a_token;
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  const auto header = decode_base64url(token.substr(0, first));
  auto claims = decode_base64url(token.substr(first + 1, second - first - 1));
  auto signature = decode_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return JwtFault::not_a_token;
  Jwt jwt;
  if (const auto fault = read_header(*header, jwt)) return *fault;
  jwt.claims = std::move(*claims);
  jwt.signature = std::move(*signature);
  jwt.signed_text = token.substr(0, second);
  return jwt;
}

}  // namespace sentix::auth
