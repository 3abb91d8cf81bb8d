#include "auth/rate_limits.h"

#include <algorithm>
#include <utility>

#include "auth/network.h"

namespace sentix::auth {

namespace {

constexpr std::size_t kStripes = 16;  // locks of one limit, so that workers seldom meet at one

// An odd number, so that a spender has places far from each other for the limits of different classes.
constexpr std::uint64_t kClassesApart = 0x9E37'79B9'7F4A'7C15;

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::vector<std::string> names_of(const RateClasses& classes) {
  std::vector<std::string> names;
  for (const auto& [name, limits] : classes) names.push_back(name);
  return names;
}

// What holds for the clients of one class: its own limit, or everybody's.
struct Held {
  RateLimit limit;
  std::string_view rate_class = {};  // whose it is; empty: everybody's
  std::uint64_t apart = 0;           // is added to a spender's hash
};

}  // namespace

struct RateLimits::Limiter {
  struct Stripe {
    explicit Stripe(std::size_t buckets) : table(buckets) {}
    std::mutex mutex;
    BucketTable table;  // under it
  };

  Limiter(Quantity of, Scope per, std::vector<Held> given) : quantity(of), scope(per), held(std::move(given)) {
    const std::size_t stripes_wanted = per == Scope::server ? 1 : kStripes;
    for (std::size_t i = 0; i < stripes_wanted; ++i) {
      stripes.push_back(std::make_unique<Stripe>(per == Scope::server ? 1 : kBuckets / kStripes));
    }
  }

  const Quantity quantity;
  const Scope scope;
  const std::vector<Held> held;  // for those of no class, then for each class: place_of()
  std::vector<std::unique_ptr<Stripe>> stripes;
};

RateLimits::RateLimits(const RateLimitOptions& options, const KeyedHash::Key& key)
    : hash_(key), classes_(names_of(options.classes)) {
  const auto held_by_all = [&](Quantity quantity, Scope scope) {
    std::vector<Held> held{{.limit = options.of(quantity, scope)}};
    for (const std::string& name : classes_) {
      const auto& own = options.classes.at(name).of(quantity, scope);
      const bool counts = own && is_class_limit(quantity, scope);
      held.push_back(counts ? Held{.limit = *own, .rate_class = name, .apart = held.size() * kClassesApart}
                            : held.front());
    }
    return held;
  };
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const auto quantity = static_cast<Quantity>(q);
      const auto scope = static_cast<Scope>(s);
      std::vector<Held> held = held_by_all(quantity, scope);
      const bool none = std::all_of(held.begin(), held.end(), [](const Held& each) { return each.limit.empty(); });
      if (none || !is_limit(quantity, scope)) continue;
      limiters_[q].push_back(std::make_unique<Limiter>(quantity, scope, std::move(held)));
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
  const std::size_t place = place_of(spender.rate_class);
  for (const auto& limiter : limiters_[static_cast<std::size_t>(quantity)]) {
    const Held& held = limiter->held[place];
    if (held.limit.empty()) continue;
    auto hashed = hash(limiter->scope, spender);
    if (!hashed) continue;
    *hashed += held.apart;
    // The lowest bits choose the stripe, the upper half a place in its table.
    Limiter::Stripe& stripe = *limiter->stripes[*hashed % limiter->stripes.size()];
    const std::lock_guard lock(stripe.mutex);
    const std::chrono::nanoseconds waits = wait(stripe.table.bucket(*hashed, now), held.limit);
    if (waits == std::chrono::nanoseconds::zero()) continue;
    const Excess excess{limiter->quantity, limiter->scope, held.limit, waits, held.rate_class};
    if (!result || excess.outweighs(*result)) result = excess;
  }
  return result;
}

// In the limits that a limiter holds.
std::size_t RateLimits::place_of(std::string_view rate_class) const {
  if (rate_class.empty()) return 0;
  const auto found = std::lower_bound(classes_.begin(), classes_.end(), rate_class);
  return found == classes_.end() || *found != rate_class
             ? 0
             : 1 + static_cast<std::size_t>(std::distance(classes_.begin(), found));
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
