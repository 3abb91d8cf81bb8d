#include "core/admin/json_body.h"

#include "protocol/json_syntax.h"
#include "protocol/json_value.h"

namespace sentix::core {

std::string JsonBody::read(std::string_view text) {
  if (const auto error = protocol::validate_json_utf8(text)) {
    return "The body is not valid JSON: at byte " + std::to_string(error.offset) + ", " +
           std::string(protocol::describe(error.fault)) + ".";
  }
  if (fields_.read(text)) {
    return "This must be one JSON object.";
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string name = '"' + std::string(names_[i]) + '"';
    if ((fields_.repeated() >> i & 1) != 0) {
      return name + " must occur only once.";
    }
    if ((fields_.escaped() >> i & 1) != 0) {
      return name + " must be written without escapes.";
    }
  }
  return {};
}

std::optional<std::string> JsonBody::text(std::size_t name) const {
  return protocol::json_text(value(name));
}

}  // namespace sentix::core
