#include "tools/sentix/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace sentix::tools {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// The largest first, so that the first one that divides an amount is the one to write it with.
constexpr std::array<Unit, 4> kByteUnits{{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
constexpr std::array<Unit, 5> kTimeUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

std::optional<std::uint64_t> parse_amount(std::string_view text, std::span<const Unit> units,
                                          std::string_view unit_of_none) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  name = name.empty() ? unit_of_none : name;
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  std::uint64_t amount = 0;
  if (unit == units.end() || __builtin_mul_overflow(number, unit->factor, &amount)) {
    return std::nullopt;
  }
  return amount;
}

std::string amount_text(std::uint64_t amount, std::span<const Unit> units) {
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return amount % u.factor == 0; });
  return std::to_string(amount / unit->factor) + std::string(unit->name);
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  static constexpr std::array<Unit, 1> kNoUnit{{{"", 1}}};
  return parse_amount(text, kNoUnit, "");
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  return parse_amount(text, kByteUnits, "B");
}

std::optional<std::uint64_t> parse_milliseconds(std::string_view text) {
  return parse_amount(text, kTimeUnits, "s");
}

std::string bytes_text(std::uint64_t bytes) {
  return bytes > 0 && bytes % 1024 == 0 ? amount_text(bytes, kByteUnits) : std::to_string(bytes);
}

std::string milliseconds_text(std::uint64_t milliseconds) {
  return milliseconds > 0 ? amount_text(milliseconds, kTimeUnits) : "0s";
}

}  // namespace sentix::tools
