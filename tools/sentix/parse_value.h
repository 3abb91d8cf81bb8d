#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/sentix/value.h"

namespace sentix::tools {

// A value; or, where the text is none, what was expected: "a whole number from 0 to 65535".
struct ParsedValue {
  std::optional<Value> value;
  std::string expected;
};

// Reads a setting's value from what stands in a flag, in a variable or in the config file. Only entries of lists are
// trimmed.
[[nodiscard]] ParsedValue parse_value(const Shape& shape, std::string_view text);

}  // namespace sentix::tools
