#include "tools/sentix/tail/terminal_json.h"

#include <cstdint>

namespace sentix::tools {

namespace {

// The character of one to three bytes at the front. Longer ones steer nothing, and are taken as four bytes of U+FFFD.
struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

Character first_of(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  if (lead >= 0xF0 && text.size() >= 4) {
    return {0xFFFD, 4};
  }
  if (lead >= 0xE0 && text.size() >= 3) {
    return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  }
  if (lead >= 0xC0 && text.size() >= 2) {
    return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  }
  return {lead, 1};
}

// DEL and the controls of ISO 6429; what reorders or hides text (Unicode's annex 9), and its line separators.
bool steers(std::uint32_t code) {
  const bool control = code >= 0x7F && code < 0xA0;
  const bool direction = code == 0x61C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  return control || direction || code == 0x2028 || code == 0x2029 || code == 0xFEFF;
}

void append_escape(std::string& out, std::uint32_t code) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kHex[code >> shift & 15];
  }
}

}  // namespace

std::string terminal_json(std::string_view json) {
  std::string line;
  line.reserve(json.size());
  while (!json.empty()) {
    const auto [code, bytes] = first_of(json);
    if (code < ' ') {  // in checked JSON it is white space between values
      line += ' ';
    } else if (steers(code)) {
      append_escape(line, code);
    } else {
      line.append(json.substr(0, bytes));
    }
    json.remove_prefix(bytes);
  }
  return line;
}

}  // namespace sentix::tools
