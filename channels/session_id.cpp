#include "channels/session_id.h"

namespace sentix::channels {

namespace {

constexpr std::size_t kDigits = 16;
constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

std::string to_text(SessionId id) {
  std::string text(1 + kDigits, 'c');
  auto rest = static_cast<std::uint64_t>(id);
  for (std::size_t i = kDigits; i > 0; --i, rest >>= 4) text[i] = kHexDigits[rest & 0xF];
  return text;
}

std::optional<SessionId> parse_session_id(std::string_view text) {
  if (text.size() != 1 + kDigits || text.front() != 'c') return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text.substr(1)) {
    const std::size_t nibble = kHexDigits.find(digit);
    if (nibble == std::string_view::npos) return std::nullopt;
    value = value << 4 | nibble;
  }
  if (value == 0) return std::nullopt;
  return SessionId{value};
}

}  // namespace sentix::channels
