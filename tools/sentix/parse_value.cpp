#include "tools/sentix/parse_value.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "auth/rate_limit.h"
#include "tools/sentix/units.h"

namespace sentix::tools {

namespace {

constexpr std::array<std::pair<std::string_view, bool>, 8> kBooleans{{{"true", true},
                                                                      {"false", false},
                                                                      {"1", true},
                                                                      {"0", false},
                                                                      {"yes", true},
                                                                      {"no", false},
                                                                      {"on", true},
                                                                      {"off", false}}};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Calls take(entry) for what stands between separators.
template <typename Take>
void split(std::string_view text, char separator, Take&& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::optional<Value> parse_boolean(std::string_view text) {
  const std::string word = lower_case(text);
  const auto found = std::find_if(kBooleans.begin(), kBooleans.end(), [&](const auto& b) { return b.first == word; });
  return found == kBooleans.end() ? std::nullopt : std::optional<Value>(found->second);
}

std::optional<Value> parse_choice(std::string_view choices, std::string_view text) {
  std::optional<Value> chosen;
  split(choices, ' ', [&](std::string_view choice) {
    if (choice == text) {
      chosen = std::string(text);
    }
  });
  return chosen;
}

std::optional<Value> parse_list(std::string_view text) {
  std::vector<std::string> entries;
  split(text, ',', [&](std::string_view entry) {
    if (entry = trimmed(entry); !entry.empty()) {
      entries.emplace_back(entry);
    }
  });
  return entries;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::uint64_t highest(const Shape& shape) {
  return std::min(shape.max, kind_max(shape.kind));
}

std::optional<std::uint64_t> parse_amount(const Shape& shape, std::string_view text) {
  const auto amount = shape.kind == Kind::duration ? parse_milliseconds(text)
                      : shape.kind == Kind::bytes  ? parse_bytes(text)
                                                   : parse_number(text);
  return amount && *amount >= shape.min && *amount <= highest(shape) ? amount : std::nullopt;
}

std::optional<Value> read(const Shape& shape, std::string_view text) {
  switch (shape.kind) {
    case Kind::boolean:
      return parse_boolean(text);
    case Kind::choice:
      return parse_choice(shape.choices, text);
    case Kind::number:
    case Kind::bytes:
      if (const auto amount = parse_amount(shape, text)) {
        return *amount;
      }
      return std::nullopt;
    case Kind::duration:
      if (const auto amount = parse_amount(shape, text)) {
        return std::chrono::milliseconds(*amount);
      }
      return std::nullopt;
    case Kind::rate:
      return auth::parse_rate_limit(text) ? std::optional<Value>(std::string(text)) : std::nullopt;
    case Kind::text:
    case Kind::list:
      break;
  }
  if (has_control_character(text) || text.size() < shape.min) {
    return std::nullopt;
  }
  return shape.kind == Kind::list ? parse_list(text) : std::string(text);
}

std::string range(const Shape& shape) {
  const auto show = [&](std::uint64_t amount) {
    return shape.kind == Kind::duration ? milliseconds_text(amount)
           : shape.kind == Kind::bytes  ? bytes_text(amount)
                                        : std::to_string(amount);
  };
  return " from " + show(shape.min) + " to " + show(highest(shape));
}

std::string expectation(const Shape& shape) {
  switch (shape.kind) {
    case Kind::boolean:
      return "a boolean: true or false, 1 or 0, yes or no, on or off";
    case Kind::number:
      return "a whole number" + range(shape);
    case Kind::bytes:
      return "a size such as 65536 or 64KiB," + range(shape);
    case Kind::duration:
      return "a duration such as 500ms, 30s or 10m," + range(shape);
    case Kind::choice:
      return "one of: " + std::string(shape.choices);
    case Kind::rate:
      return "a rate such as 100/s, \"10/m burst 20\" or \"5/h close\", or off";
    case Kind::text:
    case Kind::list:
      break;
  }
  return shape.min > 0 ? "text of at least one character and without control characters"
                       : "text without control characters";
}

}  // namespace

ParsedValue parse_value(const Shape& shape, std::string_view text) {
  ParsedValue parsed{read(shape, text), {}};
  if (!parsed.value) {
    parsed.expected = expectation(shape);
  }
  return parsed;
}

}  // namespace sentix::tools
