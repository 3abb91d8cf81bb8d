#include "auth/credentials.h"

#include "protocol/json_object_reader.h"
#include "protocol/json_syntax.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"

namespace sentix::auth {

Credentials Credentials::from_token(std::string_view token) {
  std::string json = "{\"token\":" + protocol::quote(token) + "}";
  return Credentials(protocol::validate_json_utf8(json) ? "{}" : std::move(json));
}

std::optional<std::string> Credentials::get(std::string_view key) const {
  std::optional<std::string> found;
  bool seen = false;
  protocol::JsonObjectReader reader(json_);
  for (protocol::JsonField field; reader.next(field);) {
    if (protocol::unescape(field.key) != key) continue;
    if (seen) return std::nullopt;
    seen = true;
    found = protocol::json_text(field.value);
  }
  return found;
}

}  // namespace sentix::auth
