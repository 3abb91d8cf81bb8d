#include "tools/sentix/toml_text.h"

#include <array>
#include <cstdio>

#include "tools/sentix/units.h"

namespace sentix::tools {

namespace {

struct Writer {
  Kind kind;

  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::uint64_t amount) const {
    const std::string digits = std::to_string(amount);
    const std::string with_unit = kind == Kind::bytes ? bytes_text(amount) : digits;
    return with_unit == digits ? digits : toml_quoted(with_unit);
  }
  std::string operator()(std::chrono::milliseconds duration) const {
    return toml_quoted(milliseconds_text(static_cast<std::uint64_t>(duration.count())));
  }
  std::string operator()(const std::string& text) const { return toml_quoted(text); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string out = "[";
    for (const std::string& entry : list) {
      out += (out.size() > 1 ? ", " : "") + toml_quoted(entry);
    }
    return out + "]";
  }
};

}  // namespace

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04X", byte);
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 60;
  return toml_quoted(text.substr(0, kBytesMax)) + (text.size() > kBytesMax ? "..." : "");
}

std::string toml_text(Kind kind, const Value& value) {
  return std::visit(Writer{kind}, value);
}

}  // namespace sentix::tools
