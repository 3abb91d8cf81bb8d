#include "tools/load/units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace sentix::load {

namespace {

// `number` in the largest of `units` of which it has at least one; each is `factor` times the one before it.
template <std::size_t N>
std::string in_unit(double number, double factor, const std::array<std::string_view, N>& units) {
  std::size_t unit = 0;
  while (unit + 1 < N && number >= factor) {
    number /= factor;
    ++unit;
  }
  return decimal_text(number) + " " + std::string(units[unit]);
}

}  // namespace

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t end = text.size(); end > 3; end -= 3) {
    text.insert(end - 3, ",");
  }
  return text;
}

std::string decimal_text(double number) {
  constexpr int kDigits = 3;
  const int whole_digits = number == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::fabs(number)))) + 1;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", std::clamp(kDigits - whole_digits, 0, 6), number);
  std::string result = text.data();
  if (result.find('.') != std::string::npos) {
    result.erase(result.find_last_not_of('0') + 1);
    result.erase(result.find_last_not_of('.') + 1);
  }
  return result;
}

std::string percent_text(double fraction) {
  return std::to_string(std::lround(fraction * 100)) + " %";
}

std::string duration_text(std::uint64_t nanoseconds) {
  return in_unit(static_cast<double>(nanoseconds), 1000, std::array<std::string_view, 4>{"ns", "µs", "ms", "s"});
}

std::string size_text(std::uint64_t bytes) {
  return in_unit(static_cast<double>(bytes), 1024, std::array<std::string_view, 4>{"B", "KiB", "MiB", "GiB"});
}

}  // namespace sentix::load
