#pragma once

#include <string>
#include <string_view>

#include "tools/sentix/value.h"

namespace sentix::tools {

// `text` as a TOML string on one line, quotes included: `"`, `\` and control characters are escaped.
[[nodiscard]] std::string toml_quoted(std::string_view text);

// The beginning of a text, quoted, for a message.
[[nodiscard]] std::string excerpt(std::string_view text);

// A value as a person would write it in the config file: true, 8080, "1MiB", "30s", "text", ["a", "b"]. `kind` tells
// sizes from other numbers.
[[nodiscard]] std::string toml_text(Kind kind, const Value& value);

}  // namespace sentix::tools
