#include "tools/sentix/toml_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include "protocol/json_text.h"

namespace sentix::tools {

namespace {

std::string json_of(const toml::table& table) {
  std::string out = "{";
  for (const auto& [key, value] : table) {
    out += (out.size() > 1 ? "," : "") + protocol::quote(key.str()) + ":" + to_json(value);
  }
  return out + "}";
}

std::string json_of(const toml::array& array) {
  std::string out = "[";
  for (const toml::node& entry : array) {
    out += (out.size() > 1 ? "," : "") + to_json(entry);
  }
  return out + "]";
}

std::string json_of(double number) {
  if (!std::isfinite(number)) {
    return protocol::quote(std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
  }
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end};
}

std::string json_of(bool flag) {
  return flag ? "true" : "false";
}
std::string json_of(std::int64_t number) {
  return std::to_string(number);
}
std::string json_of(const std::string& text) {
  return protocol::quote(text);
}

template <typename DateOrTime>
std::string json_of(const DateOrTime& time) {
  std::ostringstream text;
  text << time;
  return protocol::quote(text.str());
}

}  // namespace

std::string to_json(const toml::node& node) {
  return node.visit([](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) {
      return json_of(*value);
    } else {
      return json_of(value);
    }
  });
}

// Outside of strings the two differ in the sign between a key and its value; the spaces are for people.
std::string to_toml(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    in_string = in_string != (c == '"');
    if (in_string && c == '\\') {
      out += c;
      out += json[++at];
    } else if (in_string || (c != ':' && c != ',')) {
      out += c;
    } else {
      out += c == ':' ? " = " : ", ";
    }
  }
  return out;
}

}  // namespace sentix::tools
