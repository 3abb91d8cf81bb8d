#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace sentix {

// Whether two secrets are the same, in a time that tells nothing about where they differ, nor how long the expected one
// is. Any thread.
[[nodiscard]] bool equal(std::string_view given, std::string_view expected);

// The same for what Credentials::operator[] gives: false where it is absent. (A template, so that equal("a", "b") is
// not ambiguous.)
template <std::same_as<std::optional<std::string>> Given>
[[nodiscard]] bool equal(const Given& given, std::string_view expected) {
  return given.has_value() && equal(std::string_view(*given), expected);
}

}  // namespace sentix
