#pragma once

#include <chrono>
#include <cstdint>

namespace sentix::auth {

// How much may be spent over time. What one unit buys is for the owner of the rate to say.
struct Rate {
  std::uint32_t units = 0;  // in each period; 0: no limit
  std::uint32_t burst = 0;  // at once, after a rest; 0: what a period brings
  std::chrono::seconds period{1};

  [[nodiscard]] bool limited() const { return units != 0; }
  [[nodiscard]] std::uint32_t size() const { return burst != 0 ? burst : units; }

  bool operator==(const Rate&) const = default;
};

// What one spender has left of a rate: a token bucket, kept as the one moment at which it will be full again (the
// generic cell rate algorithm of ITU-T I.371), so that it takes eight bytes and needs no tending. A new one is full.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Spends `cost`, where it is there; where not, spends nothing and tells how long it takes until it would be.
  // Something that costs more than the burst is to be had from a full bucket, and then leaves a debt.
  [[nodiscard]] std::chrono::nanoseconds spend(const Rate& rate, std::uint32_t cost, Time now);

  // Spends `cost` in any case: for what has happened already. Tells how long it takes until that debt is paid, zero
  // where there is none. A debt of more than an hour is not remembered.
  [[nodiscard]] std::chrono::nanoseconds charge(const Rate& rate, std::uint32_t cost, Time now);

  // How long until `cost` would be there; spends nothing.
  [[nodiscard]] std::chrono::nanoseconds wait_for(const Rate& rate, std::uint32_t cost, Time now) const;

  [[nodiscard]] Time full_at() const { return full_at_; }
  [[nodiscard]] bool full(Time now) const { return full_at_ <= now; }

 private:
  Time full_at_{};
};

}  // namespace sentix::auth
