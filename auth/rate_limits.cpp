#include "auth/rate_limits.h"

#include <cstring>

#include "auth/network.h"

namespace sentix::auth {

namespace {

constexpr std::size_t kStripes = 16;  // locks of one limit, so that workers seldom meet at one

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

}  // namespace

struct RateLimits::Limiter {
  struct Stripe {
    explicit Stripe(std::size_t buckets) : table(buckets) {}
    std::mutex mutex;
    BucketTable table;  // under it
  };

  Limiter(Quantity of, Scope per, const RateLimit& given) : quantity(of), scope(per), limit(given) {
    const std::size_t stripes_wanted = per == Scope::server ? 1 : kStripes;
    for (std::size_t i = 0; i < stripes_wanted; ++i) {
      stripes.push_back(std::make_unique<Stripe>(per == Scope::server ? 1 : kBuckets / kStripes));
    }
  }

  const Quantity quantity;
  const Scope scope;
  const RateLimit limit;
  std::vector<std::unique_ptr<Stripe>> stripes;
};

RateLimits::RateLimits(const RateLimitOptions& options, const KeyedHash::Key& key) : hash_(key) {
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const auto quantity = static_cast<Quantity>(q);
      const auto scope = static_cast<Scope>(s);
      const RateLimit& limit = options.of(quantity, scope);
      if (limit.empty() || !is_limit(quantity, scope)) continue;
      limiters_[q].push_back(std::make_unique<Limiter>(quantity, scope, limit));
    }
  }
}

RateLimits::~RateLimits() = default;

std::optional<Excess> RateLimits::spend(Quantity quantity, const Spender& spender, std::uint32_t cost,
                                        TokenBucket::Time now) {
  return worst(quantity, spender, now, [&](TokenBucket& bucket, const RateLimit& limit) {
    return limit.action == OverLimit::throttle ? bucket.charge(limit.rate, cost, now)
                                               : bucket.spend(limit.rate, cost, now);
  });
}

std::optional<Excess> RateLimits::check(Quantity quantity, const Spender& spender, TokenBucket::Time now) {
  return worst(quantity, spender, now,
               [&](const TokenBucket& bucket, const RateLimit& limit) { return bucket.wait_for(limit.rate, 1, now); });
}

template <class Wait>
std::optional<Excess> RateLimits::worst(Quantity quantity, const Spender& spender, TokenBucket::Time now, Wait&& wait) {
  std::optional<Excess> result;
  for (const auto& limiter : limiters_[static_cast<std::size_t>(quantity)]) {
    const auto hashed = hash(limiter->scope, spender);
    if (!hashed) continue;
    // The lowest bits choose the stripe, the upper half a place in its table.
    Limiter::Stripe& stripe = *limiter->stripes[*hashed % limiter->stripes.size()];
    const std::lock_guard lock(stripe.mutex);
    const std::chrono::nanoseconds waits = wait(stripe.table.bucket(*hashed, now), limiter->limit);
    if (waits == std::chrono::nanoseconds::zero()) continue;
    const Excess excess{limiter->quantity, limiter->scope, limiter->limit, waits};
    if (!result || excess.outweighs(*result)) result = excess;
  }
  return result;
}

std::optional<std::uint64_t> RateLimits::hash(Scope scope, const Spender& spender) const {
  switch (scope) {
    case Scope::connection:
      return hash_(bytes_of(spender.connection));
    case Scope::user:
      return spender.user.empty() ? std::nullopt : std::optional(hash_(spender.user));
    case Scope::address:
      if (spender.address == nullptr) return std::nullopt;
      return hash_(bytes_of(neighbourhood(*spender.address).bytes));
    case Scope::server:
      break;
  }
  return 0;
}

}  // namespace sentix::auth
