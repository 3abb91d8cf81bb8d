#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::protocol {

// Reading single values of JSON text that has been checked, as JsonObjectReader hands them out. Each gives nothing
// where the value is of another kind, or does not fit.

// A number without fraction and exponent that fits. "-0" is an integer of 64 bits but no unsigned one.
[[nodiscard]] std::optional<std::uint64_t> json_uint64(std::string_view value);
[[nodiscard]] bool is_json_integer64(std::string_view value);  // fits std::int64_t or std::uint64_t

[[nodiscard]] std::optional<bool> json_boolean(std::string_view value);

// The text of a string of at most `bytes_max` bytes. It borrows from `value`, or where the string was written with
// escapes, from `scratch`, to which it is then appended: that must have kEscapeBytesMax times bytes_max of spare
// capacity, so that it does not move and what was put there before stays valid.
inline constexpr std::size_t kEscapeBytesMax = 6;  // \u0000 stands for one byte
[[nodiscard]] std::optional<std::string_view> json_string(std::string_view value, std::size_t bytes_max,
                                                          std::string& scratch);

// The text of a string of any length. `value` may be empty: then there is none.
[[nodiscard]] std::optional<std::string> json_text(std::string_view value);

// The elements of an array, each exactly as written; they borrow from `value`, which may be empty: then there are none.
[[nodiscard]] std::optional<std::vector<std::string_view>> json_elements(std::string_view value);

}  // namespace sentix::protocol
