#include "core/admin/json_body.h"

#include "protocol/json_scanner.h"
#include "protocol/json_syntax.h"
#include "protocol/json_text.h"

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
  return json_text(value(name));
}

std::optional<std::string> json_text(std::string_view value) {
  if (value.empty() || protocol::json_kind(value) != protocol::JsonKind::string) {
    return std::nullopt;
  }
  return protocol::unescape(protocol::string_body(value));
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view value) {
  protocol::JsonScanner scanner(value);
  if (!scanner.take('[')) {
    return std::nullopt;
  }
  std::vector<std::string_view> elements;
  if (scanner.take(']')) {
    return elements;
  }
  do {
    const char* const begin = scanner.next();
    if (!scanner.value(1)) {
      return std::nullopt;
    }
    elements.emplace_back(begin, static_cast<std::size_t>(scanner.position() - begin));
  } while (scanner.take(','));
  return elements;
}

}  // namespace sentix::core
