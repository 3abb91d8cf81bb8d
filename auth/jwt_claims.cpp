#include "auth/jwt_claims.h"

#include <array>
#include <charconv>
#include <utility>

#include "auth/grants.h"
#include "auth/rate_limit.h"
#include "protocol/json_fields.h"
#include "protocol/json_syntax.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"

namespace sentix::auth {

namespace {

enum Claim : std::size_t { sub, exp, nbf, iss, aud, permissions, info, channel, publish, presence, rate_class };
constexpr std::array<std::string_view, 11> kClaims{"sub",  "exp",     "nbf",     "iss",      "aud",       "permissions",
                                                   "info", "channel", "publish", "presence", "rate_class"};

constexpr double kSecondsMax = 253'402'300'799;  // the last second of the year 9999; a system_clock reaches further

// Each reads one claim into its place; false where it is of another type. An absent claim is an empty text, and good.
bool read_text(std::string_view value, std::string& text) {
  auto read = protocol::json_text(value);
  if (read) text = std::move(*read);
  return read.has_value();
}

bool read_optional_text(std::string_view value, std::optional<std::string>& text) {
  return value.empty() || read_text(value, text.emplace());
}

// A NumericDate (RFC 7519 §2) may have a fraction, which says nothing here.
bool read_date(std::string_view value, std::optional<WallTime>& date) {
  if (value.empty()) return true;
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  if (!(seconds >= 0 && seconds <= kSecondsMax)) return false;
  // A system_clock of nanoseconds ends in the year 2262: what is later than that is as good as its end.
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(WallTime::max() - std::chrono::hours(24 * 365));
  const auto since_epoch = std::chrono::seconds(static_cast<std::int64_t>(seconds));
  date = since_epoch < kLast.time_since_epoch() ? WallTime(since_epoch) : WallTime(kLast);
  return true;
}

bool read_flag(std::string_view value, bool& flag) {
  const std::optional<bool> read = value.empty() ? false : protocol::json_boolean(value);
  flag = read.value_or(false);
  return read.has_value();
}

bool read_audience(std::string_view value, std::vector<std::string>& audience) {
  if (value.empty()) return true;
  const auto elements = protocol::json_elements(value);
  if (!elements) return read_text(value, audience.emplace_back());
  for (const std::string_view element : *elements) {
    if (!read_text(element, audience.emplace_back())) return false;
  }
  return true;
}

bool read_permissions(std::string_view value, std::optional<std::vector<Grant>>& grants) {
  if (value.empty()) return true;
  grants = read_grants(value);
  return grants.has_value();
}

bool read_rate_class(std::string_view value, std::string& name) {
  return value.empty() || (read_text(value, name) && valid_rate_class(name));
}

std::vector<std::string> names_in(std::string_view json) {
  std::vector<std::string> names;
  protocol::JsonObjectReader reader(json);
  for (protocol::JsonField field; reader.next(field);) names.push_back(protocol::unescape(field.key));
  return names;
}

}  // namespace

std::optional<JwtClaims> parse_jwt_claims(std::string_view json) {
  protocol::JsonFields fields(kClaims);
  if (protocol::validate_json_utf8(json) || fields.read(json)) return std::nullopt;
  if (fields.repeated() != 0 || fields.escaped() != 0) return std::nullopt;
  JwtClaims claims;
  std::optional<std::string> subject;
  const bool good = read_optional_text(fields.value(sub), subject) && read_date(fields.value(exp), claims.expires_at) &&
                    read_date(fields.value(nbf), claims.not_before) &&
                    read_optional_text(fields.value(iss), claims.issuer) &&
                    read_audience(fields.value(aud), claims.audience) &&
                    read_permissions(fields.value(permissions), claims.permissions) &&
                    read_optional_text(fields.value(channel), claims.channel) &&
                    read_rate_class(fields.value(rate_class), claims.rate_class);
  if (!good) return std::nullopt;
  const bool opens_well = !claims.channel || (read_flag(fields.value(publish), claims.publish) &&
                                              read_flag(fields.value(presence), claims.presence));
  if (!opens_well) return std::nullopt;
  claims.user = std::move(subject).value_or("");
  claims.info = fields.value(info);
  claims.names = names_in(json);
  return claims;
}

std::variant<PrincipalPtr, JwtFault> to_principal(JwtClaims claims) {
  if (claims.channel) return JwtFault::other_purpose;
  if (claims.user.empty()) return JwtFault::missing_claim;
  return std::make_shared<const Principal>(
      Principal{.user = std::move(claims.user),
                .info = std::move(claims.info),
                .grants = std::move(claims.permissions).value_or(std::vector<Grant>()),
                .expires_at = claims.expires_at,
                .rate_class = std::move(claims.rate_class)});
}

}  // namespace sentix::auth
