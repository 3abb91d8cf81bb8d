#include "tools/sentix/tail/retry.h"

#include <algorithm>
#include <cmath>

namespace sentix::tools {

namespace {

constexpr double kBackoffBase = 500;    // milliseconds
constexpr double kBackoffMax = 30'000;  // milliseconds
constexpr double kPauseMin = 2'000;     // milliseconds
constexpr unsigned kDoublingsMax = 16;  // by then it is above the maximum

}  // namespace

std::optional<std::chrono::milliseconds> retry_delay(unsigned close_code, unsigned attempt, double random) {
  const unsigned range = close_code / 100;
  if (range == 40) {
    return std::nullopt;
  }
  if (range == 42 && attempt == 0) {
    return std::chrono::milliseconds(0);
  }
  const double most = std::ldexp(kBackoffBase, static_cast<int>(std::min(attempt, kDoublingsMax)));
  const double jitter = random * std::min(kBackoffMax, most);
  return std::chrono::milliseconds(static_cast<std::int64_t>(range == 41 ? kPauseMin + jitter : jitter));
}

}  // namespace sentix::tools
