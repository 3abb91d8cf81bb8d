#include "tools/sentix/log_text.h"

#include <cstdint>
#include <string_view>
#include <variant>

#include "protocol/json_text.h"

namespace sentix::tools {

namespace {

std::string json_text(std::string_view text) {
  return protocol::quote(core::one_line(text));
}

std::string json_value(const core::LogField& field) {
  const auto* number = std::get_if<std::uint64_t>(&field.value);
  return number != nullptr ? std::to_string(*number) : json_text(std::get<std::string_view>(field.value));
}

}  // namespace

std::string plain_text(const core::LogLine& line) {
  return core::one_line(line.text);
}

std::string json_members(const core::LogLine& line) {
  std::string json = "\"message\":" + json_text(line.text);
  if (!line.reason.empty()) {
    json += ",\"reason\":" + json_text(line.reason);
  }
  for (const core::LogField& field : line.fields) {
    json.append(",\"").append(field.name).append("\":").append(json_value(field));
  }
  return json;
}

}  // namespace sentix::tools
