#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentix::tools {

// Amounts as people write them: decimal digits and at once a unit's name, nothing before, between or after. nullopt for
// anything else, and where the amount does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(
    std::string_view text);  // B, KiB, MiB, GiB; without a unit: bytes
[[nodiscard]] std::optional<std::uint64_t> parse_milliseconds(
    std::string_view text);  // ms, s, m, h, d; without a unit: seconds

// The same amount in the largest unit that leaves it a whole number: "64KiB", "90s". Zero is "0" and "0s".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);  // without a unit below 1 KiB, or where only B would do
[[nodiscard]] std::string milliseconds_text(std::uint64_t milliseconds);

}  // namespace sentix::tools
