#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sentix::protocol {

// The alphabets of HTTP, as one table with a bit for each, and the few text operations that its grammar asks for.
// Everything here is pure and knows ASCII only: HTTP's case-insensitivity is ASCII's, whatever the locale.

enum class ByteClass : std::uint8_t {
  token = 1,        // tchar, RFC 9110 §5.6.2: methods, field names, subprotocols
  field_value = 2,  // RFC 9110 §5.5: visible ASCII, space, tab and obs-text; every control character else is out
  target = 4,     // visible ASCII without '#': wider than RFC 3986, because browsers leave "|^{} in a query as they are
  host_name = 8,  // reg-name, RFC 3986 §3.2.2 (the '%' of an escape included)
};

namespace detail {

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";
  constexpr std::string_view kHostPunctuation = "-._~%!$&'()*+,;=";
  std::array<std::uint8_t, 256> classes{};
  for (unsigned byte = 0; byte < classes.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool visible = byte > 0x20 && byte < 0x7F;
    const auto mark = [&](ByteClass which) { classes[byte] |= static_cast<std::uint8_t>(which); };
    if (alphanumeric || kTokenPunctuation.find(c) != std::string_view::npos) mark(ByteClass::token);
    if (visible || c == ' ' || c == '\t' || byte >= 0x80) mark(ByteClass::field_value);
    if (visible && c != '#') mark(ByteClass::target);
    if (alphanumeric || kHostPunctuation.find(c) != std::string_view::npos) mark(ByteClass::host_name);
  }
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kByteClasses = make_byte_classes();

}  // namespace detail

constexpr bool is(ByteClass which, char c) {
  return (detail::kByteClasses[static_cast<unsigned char>(c)] & static_cast<std::uint8_t>(which)) != 0;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Whether `text` is one or more bytes of that class.
constexpr bool is_all(ByteClass which, std::string_view text) {
  for (const char c : text) {
    if (!is(which, c)) return false;
  }
  return !text.empty();
}

constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

// Without the optional whitespace (spaces and tabs, RFC 9110 §5.6.3) at both ends.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the longest run of that class off the front of `text`, and returns it: perhaps it is empty.
constexpr std::string_view take_all(ByteClass which, std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is(which, text[size])) ++size;
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

// Cuts `text` at the first `separator`: returns what stands before it and leaves what stands behind it. Where there is
// none, everything is returned and `text` is left empty.
constexpr std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

}  // namespace sentix::protocol
