#pragma once

#include <toml++/toml.h>

#include <string>

namespace sentix::tools {

// A TOML value as JSON, without spaces. Dates and times become strings; so do the numbers that JSON lacks, infinity and
// "nan".
[[nodiscard]] std::string to_json(const toml::node& node);

}  // namespace sentix::tools
