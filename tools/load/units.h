#pragma once

#include <cstdint>
#include <string>

namespace sentix::load {

// Numbers as people read them.

[[nodiscard]] std::string count_text(std::uint64_t count);  // 1,234,567
[[nodiscard]] std::string decimal_text(double number);      // at most three digits that say something: 12.3, 0.0468
[[nodiscard]] std::string percent_text(double fraction);    // 97 %
[[nodiscard]] std::string duration_text(std::uint64_t nanoseconds);  // 812 ns, 1.82 µs, 12.3 ms
[[nodiscard]] std::string size_text(std::uint64_t bytes);            // 12.3 MiB

}  // namespace sentix::load
