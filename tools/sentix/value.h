#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sentix::tools {

// What a setting can hold, whatever its type is where it ends up.
using Value = std::variant<bool, std::uint64_t, std::chrono::milliseconds, std::string, std::vector<std::string>>;

// How a setting's value is written. Each kind is read the same way in a flag, in a variable and in the config file.
enum class Kind : std::uint8_t {
  boolean,   // bool: true/false, 1/0, yes/no, on/off, in any case
  number,    // uint64_t: decimal digits
  bytes,     // uint64_t: decimal digits, then nothing, "B", "KiB", "MiB" or "GiB"
  duration,  // milliseconds: decimal digits, then "ms", "s", "m", "h", "d", or nothing, which means seconds
  text,      // string: anything without control characters
  choice,    // string: one of `choices`
  rate,      // string: "100/s", "10/m burst 20 close" (auth::parse_rate_limit), or "off"
  list,      // vector of strings: texts separated by commas; in the config file an array
};

// Which values of a kind are good.
struct Shape {
  Kind kind;
  std::uint64_t min = 0;  // of a number, of bytes, of a duration in milliseconds, of a text's length
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();  // the same, but for a text; never above kind_max()
  std::string_view choices = {};                                  // separated by one space each
};

// The highest amount of a kind: far above any use, and low enough that nothing overflows where amounts are added up or
// doubled.
constexpr std::uint64_t kind_max(Kind kind) {
  constexpr std::uint64_t kYear = 365ull * 86'400'000;
  constexpr std::uint64_t kTebibyte = 1ull << 40;
  constexpr std::uint64_t kBillion = 1'000'000'000;
  return kind == Kind::duration ? kYear : kind == Kind::bytes ? kTebibyte : kBillion;
}

}  // namespace sentix::tools
