#include "protocol/json_text.h"

#include "protocol/json_bytes.h"

namespace sentix::protocol {
namespace {

// RFC 8259 §7: the letters behind the backslash of the short escapes, and what each means. A slash may be escaped as
// well, but need not be.
constexpr std::string_view kLetters = "\"\\bfnrt";
constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";

template <typename Out>
void append_escaped(Out& out, char special) {
  if (const std::size_t letter = kMeanings.find(special); letter != std::string_view::npos) {
    const char escape[] = {'\\', kLetters[letter]};
    out.append(std::string_view(escape, sizeof escape));
    return;
  }
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(special);
  const char escape[] = {'\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 0xF]};
  out.append(std::string_view(escape, sizeof escape));
}

template <typename Out>
void append_quoted_to(Out& out, std::string_view text) {
  out.append(std::string_view("\""));
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    const char* const special = find_json_special(at, end);
    out.append(std::string_view(at, static_cast<std::size_t>(special - at)));
    if (special == end) break;
    append_escaped(out, *special);
    at = special + 1;
  }
  out.append(std::string_view("\""));
}

void append_utf8(std::string& out, char32_t point) {
  const auto trail = [point](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += {static_cast<char>(0xC0 | point >> 6), trail(0)};
  } else if (point < 0x10000) {
    out += {static_cast<char>(0xE0 | point >> 12), trail(6), trail(0)};
  } else {
    out += {static_cast<char>(0xF0 | point >> 18), trail(12), trail(6), trail(0)};
  }
}

// Appends what the escape at the start of `body` stands for and returns how long the escape is.
std::size_t append_escape_of(std::string& out, std::string_view body) {
  if (body[1] != 'u') {
    const std::size_t letter = kLetters.find(body[1]);
    out += letter == std::string_view::npos ? body[1] : kMeanings[letter];  // only "\/" is not in the table
    return 2;
  }
  const int unit = parse_hex4(body.data() + 2);
  if (!is_high_surrogate(unit)) {
    append_utf8(out, static_cast<char32_t>(unit));
    return 6;
  }
  const int low = parse_hex4(body.data() + 8);
  append_utf8(out, static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)));
  return 12;
}

}  // namespace

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

void append_quoted(std::string& out, std::string_view text) {
  append_quoted_to(out, text);
}

void append_quoted(FrameBuilder& out, std::string_view text) {
  append_quoted_to(out, text);
}

std::string unescape(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  append_unescaped(out, body);
  return out;
}

void append_unescaped(std::string& out, std::string_view body) {
  for (;;) {
    const std::size_t escape = body.find('\\');
    out.append(body.substr(0, escape));
    if (escape == std::string_view::npos) return;
    body.remove_prefix(escape);
    body.remove_prefix(append_escape_of(out, body));
  }
}

}  // namespace sentix::protocol
