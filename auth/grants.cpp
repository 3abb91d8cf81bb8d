#include "auth/grants.h"

#include <utility>

#include "protocol/json_object_reader.h"
#include "protocol/json_value.h"

namespace sentix::auth {

namespace {

bool read_pattern(std::string_view value, std::string& pattern) {
  if (!pattern.empty()) return false;
  pattern = protocol::json_text(value).value_or("");
  return !pattern.empty();
}

bool read_flag(std::string_view value, std::optional<bool>& flag) {
  if (flag) return false;
  flag = protocol::json_boolean(value);
  return flag.has_value();
}

std::optional<Grant> read_object(std::string_view json) {
  Grant grant;
  std::optional<bool> subscribe;
  std::optional<bool> publish;
  std::optional<bool> presence;
  protocol::JsonObjectReader reader(json);
  for (protocol::JsonField field; reader.next(field);) {
    const bool good = field.key == "pattern"     ? read_pattern(field.value, grant.pattern)
                      : field.key == "subscribe" ? read_flag(field.value, subscribe)
                      : field.key == "publish"   ? read_flag(field.value, publish)
                      : field.key == "presence"  ? read_flag(field.value, presence)
                                                 : false;
    if (!good) return std::nullopt;
  }
  if (grant.pattern.empty()) return std::nullopt;
  grant.subscribe = subscribe.value_or(true);
  grant.publish = publish.value_or(true);
  grant.presence = presence.value_or(true);
  return grant;
}

std::optional<Grant> read_grant(std::string_view value) {
  if (protocol::json_kind(value) == protocol::JsonKind::object) return read_object(value);
  Grant grant;
  if (!read_pattern(value, grant.pattern)) return std::nullopt;
  return grant;
}

}  // namespace

std::optional<std::vector<Grant>> read_grants(std::string_view value) {
  const auto elements = protocol::json_elements(value);
  if (!elements) return std::nullopt;
  std::vector<Grant> grants;
  for (const std::string_view element : *elements) {
    auto grant = read_grant(element);
    if (!grant) return std::nullopt;
    grants.push_back(std::move(*grant));
  }
  return grants;
}

}  // namespace sentix::auth
