#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sentix::core {

// How long to wait before the next attempt: up to twice as long after each one that failed, and at random, so that many
// who lost the same server do not come back in one instant (exponential backoff with full jitter).
class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `first` bounds the first wait, `max` every one. Both are above zero.
  Backoff(Milliseconds first, Milliseconds max) : first_(first), max_(max), bound_(std::min(first, max)) {}

  // `random` is any 32 bits.
  Milliseconds next(std::uint32_t random) {
    const Milliseconds wait(static_cast<std::uint64_t>(bound_.count()) * random >> 32);
    bound_ = std::min(bound_ * 2, max_);
    return wait;
  }

  // It worked: the next wait is a first one.
  void reset() { bound_ = std::min(first_, max_); }

 private:
  Milliseconds first_;
  Milliseconds max_;
  Milliseconds bound_;
};

}  // namespace sentix::core
