#include "auth/token_bucket.h"

#include <algorithm>

namespace sentix::auth {

std::chrono::nanoseconds TokenBucket::spend(const Rate& rate, std::uint32_t cost, Time now) {
  using std::chrono::nanoseconds;
  if (!rate.limited()) return nanoseconds::zero();
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto time_of = [&](std::uint64_t units) {
    return nanoseconds(static_cast<std::int64_t>(units) * kSecond / rate.per_second);
  };
  const std::uint32_t size = rate.burst != 0 ? rate.burst : rate.per_second;
  const Time begin = std::max(full_at_, now);
  const nanoseconds wait = begin - now + time_of(std::min(cost, size)) - time_of(size);
  if (wait > nanoseconds::zero()) return wait;
  full_at_ = begin + time_of(cost);
  return nanoseconds::zero();
}

}  // namespace sentix::auth
