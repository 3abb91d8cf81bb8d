#pragma once

#include <chrono>
#include <cstdint>

namespace sentix::auth {

// How much may be spent over time. What one unit buys is for the owner of the rate to say.
struct Rate {
  std::uint32_t per_second = 0;  // 0: no limit
  std::uint32_t burst = 0;       // at once, after a rest; 0: what a second brings

  [[nodiscard]] bool limited() const { return per_second != 0; }
};

// What one spender has left of a rate: a token bucket, kept as the one moment at which it will be full again (the
// generic cell rate algorithm of ITU-T I.371), so that it takes eight bytes and needs no tending. A new one is full.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Spends `cost`, where it is there; where not, spends nothing and tells how long it takes until it would be.
  // Something that costs more than the burst is to be had from a full bucket, and then leaves a debt.
  [[nodiscard]] std::chrono::nanoseconds spend(const Rate& rate, std::uint32_t cost, Time now);

 private:
  Time full_at_{};
};

}  // namespace sentix::auth
