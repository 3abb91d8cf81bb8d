#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace sentix::auth {

// The elements of a JSON array, each exactly as written. `value` is one JSON value that has been checked
// (protocol/json_syntax.h), from which they borrow; nullopt where it is no array.
[[nodiscard]] std::optional<std::vector<std::string_view>> json_elements(std::string_view value);

}  // namespace sentix::auth
