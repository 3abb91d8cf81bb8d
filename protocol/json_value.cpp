#include "protocol/json_value.h"

#include <cassert>
#include <charconv>

#include "protocol/json_object_reader.h"
#include "protocol/json_scanner.h"
#include "protocol/json_text.h"

namespace sentix::protocol {
namespace {

// from_chars stops at a fraction or an exponent and does not begin at a quote, a brace or a letter.
template <typename Integer>
std::optional<Integer> whole_integer(std::string_view value) {
  Integer number{};
  const char* const end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> json_uint64(std::string_view value) {
  return whole_integer<std::uint64_t>(value);
}

bool is_json_integer64(std::string_view value) {
  return whole_integer<std::int64_t>(value).has_value() || whole_integer<std::uint64_t>(value).has_value();
}

std::optional<bool> json_boolean(std::string_view value) {
  if (json_kind(value) != JsonKind::boolean) return std::nullopt;
  return value == "true";
}

std::optional<std::string_view> json_string(std::string_view value, std::size_t bytes_max, std::string& scratch) {
  if (json_kind(value) != JsonKind::string) return std::nullopt;
  std::string_view text = string_body(value);
  if (has_escapes(text)) {
    if (text.size() > bytes_max * kEscapeBytesMax) return std::nullopt;
    assert(scratch.capacity() - scratch.size() >= text.size());
    const std::size_t begin = scratch.size();
    append_unescaped(scratch, text);
    text = std::string_view(scratch).substr(begin);
  }
  if (text.size() > bytes_max) return std::nullopt;
  return text;
}

std::optional<std::string> json_text(std::string_view value) {
  if (value.empty() || json_kind(value) != JsonKind::string) return std::nullopt;
  return unescape(string_body(value));
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view value) {
  JsonScanner scanner(value);
  if (!scanner.take('[')) return std::nullopt;
  std::vector<std::string_view> elements;
  if (scanner.take(']')) return elements;
  do {
    const char* const begin = scanner.next();
    if (!scanner.value(1)) return std::nullopt;
    elements.emplace_back(begin, static_cast<std::size_t>(scanner.position() - begin));
  } while (scanner.take(','));
  return elements;
}

}  // namespace sentix::protocol
