#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/bucket_table.h"
#include "auth/keyed_hash.h"
#include "auth/rate_limit.h"
#include "protocol/ip_address.h"

namespace sentix::auth {

// Who spends: what is empty or null has no limit of that kind.
struct Spender {
  std::uint64_t connection = 0;
  std::string_view user = {};
  const protocol::IpAddress* address = nullptr;  // borrowed for the call
  std::string_view rate_class = {};              // its limits; the general ones where there is no class of that name
};

// Keeps count of what clients spend of the limits that are set. All workers share one, so that a limit is the whole
// server's, whichever worker a client came to; any thread may call anything, for as long as the tables of one stripe
// are locked.
//
// Each limit has a table for kBuckets spenders (a megabyte), however many classes have one of their own for it, and no
// limit has anything at all. See BucketTable for what becomes of a larger crowd. What somebody has spent of a class's
// own limit is kept apart: who comes to be of another class begins there anew, and finds it again when he comes back.
class RateLimits {
 public:
  static constexpr std::size_t kBuckets = std::size_t{1} << 16;

  // `key` is random.
  RateLimits(const RateLimitOptions& options, const KeyedHash::Key& key);
  ~RateLimits();

  // Whether any limit of that is set.
  [[nodiscard]] bool limits(Quantity quantity) const { return !limiters_[static_cast<std::size_t>(quantity)].empty(); }

  // Spends `cost` of every limit that is set for `quantity`. Gives the one that it is over, the most severe of several,
  // and of those that are alike the one with the longest wait. What a limit refuses is not counted by that limit; but
  // one that throttles counts everything, for it is what is already there that has to be waited for.
  [[nodiscard]] std::optional<Excess> spend(Quantity quantity, const Spender& spender, std::uint32_t cost,
                                            TokenBucket::Time now);

  // The same for what is not known yet to happen: whether there is anything left to spend. Spends nothing.
  [[nodiscard]] std::optional<Excess> check(Quantity quantity, const Spender& spender, TokenBucket::Time now);

 private:
  struct Limiter;

  template <class Wait>
  std::optional<Excess> worst(Quantity quantity, const Spender& spender, TokenBucket::Time now, Wait&& wait);
  [[nodiscard]] std::optional<std::uint64_t> hash(Scope scope, const Spender& spender) const;
  [[nodiscard]] std::size_t place_of(std::string_view rate_class) const;

  const KeyedHash hash_;
  const std::vector<std::string> classes_;  // their names, in order
  std::array<std::vector<std::unique_ptr<Limiter>>, kQuantities> limiters_;
};

}  // namespace sentix::auth
