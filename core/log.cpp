#include "core/log.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "protocol/utf8.h"

namespace sentix::core {
namespace {

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

// How many bytes the character at the front has; 0 where it is none, or a control character: those of ASCII, DEL, and
// U+0080 to U+009F, some of which terminals obey as they do ESC.
std::size_t printable_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return is_plain(text.front()) ? 1 : 0;
  }
  const auto bytes = static_cast<std::size_t>(std::countl_one(lead));
  const std::string_view character = text.substr(0, bytes);
  const bool whole = character.size() == bytes && protocol::valid_utf8(std::as_bytes(std::span(character)));
  const bool control = lead == 0xC2 && whole && static_cast<unsigned char>(text[1]) < 0xA0;
  return whole && !control ? bytes : 0;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      out.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    return std::string(text);
  }
  std::string line;
  while (!text.empty()) {
    const std::size_t bytes = printable_bytes(text);
    if (bytes == 0) {
      append_escape(line, text.front());
    } else {
      line.append(text.substr(0, bytes));
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return line;
}

}  // namespace sentix::core
