#include "auth/webhook_answer.h"

#include <utility>

#include "auth/credentials.h"
#include "protocol/json_object_reader.h"
#include "protocol/json_syntax.h"

namespace sentix::auth {

namespace {

constexpr long kOk = 200;
constexpr long kUnauthorized = 401;
constexpr long kForbidden = 403;
constexpr std::size_t kReasonBytesMax = 200;  // of a line of the log

std::string reason_in(std::string_view body) {
  if (protocol::validate_json_utf8(body) || protocol::json_kind(body) != protocol::JsonKind::object) return {};
  return Credentials(std::string(body)).get("reason").value_or("").substr(0, kReasonBytesMax);
}

WebhookAnswer unavailable(std::string why) {
  return {Judgement::unavailable(), std::move(why)};
}

WebhookAnswer read_yes(std::string_view body, WallTime now) {
  auto claims = parse_jwt_claims(body);
  if (!claims) return unavailable("the body of its answer is no JSON object with the claims of a token");
  if (claims->expires_at && now >= *claims->expires_at) return {nullptr, "what it answered has expired"};
  auto principal = to_principal(std::move(*claims));
  if (std::holds_alternative<JwtFault>(principal)) return unavailable("its answer names no user by \"sub\"");
  return {std::get<PrincipalPtr>(std::move(principal))};
}

}  // namespace

WebhookAnswer read_webhook_answer(long status, std::string_view body, WallTime now) {
  if (status == kOk) return read_yes(body, now);
  if (status != kUnauthorized && status != kForbidden) {
    return unavailable("it answered with status " + std::to_string(status));
  }
  const std::string reason = reason_in(body);
  return {nullptr, "it answered with status " + std::to_string(status) + (reason.empty() ? "" : ": " + reason)};
}

}  // namespace sentix::auth
