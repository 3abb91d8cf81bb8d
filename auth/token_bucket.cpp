#include "auth/token_bucket.h"

#include <algorithm>

namespace sentix::auth {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kLongest = std::chrono::hours(24 * 365 * 140);  // two of them still fit into nanoseconds
constexpr nanoseconds kDebtMax = std::chrono::hours(1);

// What it takes to earn so many units. Whole periods and the rest apart, so that no product overflows.
nanoseconds time_of(const Rate& rate, std::uint64_t units) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const std::uint64_t periods = units / rate.units;
  if (periods >= static_cast<std::uint64_t>(kLongest / rate.period)) return kLongest;
  const auto seconds = static_cast<std::uint64_t>(rate.period.count());
  const std::uint64_t rest = units % rate.units * kSecond;
  return nanoseconds(rate.period) * periods +
         nanoseconds(rest / rate.units * seconds + rest % rate.units * seconds / rate.units);
}

}  // namespace

nanoseconds TokenBucket::wait_for(const Rate& rate, std::uint32_t cost, Time now) const {
  if (!rate.limited()) return nanoseconds::zero();
  const std::uint32_t size = rate.size();
  const nanoseconds wait = std::max(full_at_, now) - now + time_of(rate, std::min(cost, size)) - time_of(rate, size);
  return std::max(wait, nanoseconds::zero());
}

nanoseconds TokenBucket::spend(const Rate& rate, std::uint32_t cost, Time now) {
  const nanoseconds wait = wait_for(rate, cost, now);
  if (rate.limited() && wait == nanoseconds::zero()) full_at_ = std::max(full_at_, now) + time_of(rate, cost);
  return wait;
}

nanoseconds TokenBucket::charge(const Rate& rate, std::uint32_t cost, Time now) {
  if (!rate.limited()) return nanoseconds::zero();
  const nanoseconds all = time_of(rate, rate.size());
  full_at_ = std::min(std::max(full_at_, now) + time_of(rate, cost), now + all + kDebtMax);
  return std::max(full_at_ - now - all, nanoseconds::zero());
}

}  // namespace sentix::auth
