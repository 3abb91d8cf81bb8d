#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace sentix::tools {

// A TOML value as JSON, without spaces. Dates and times become strings; so do the numbers that JSON lacks, infinity and
// "nan".
[[nodiscard]] std::string to_json(const toml::node& node);

// JSON that to_json() has written, as a TOML value on one line: {"a":[1,2]} is { "a" = [1, 2] }.
[[nodiscard]] std::string to_toml(std::string_view json);

}  // namespace sentix::tools
