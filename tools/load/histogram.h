#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sentix::load {

// Buckets for durations in nanoseconds from 0 to 18 minutes; what is longer goes to the last one. Every power of two is
// divided into 64, so a value is known to within 1.6 % of itself.
namespace buckets {
inline constexpr unsigned kPrecisionBits = 6;
inline constexpr unsigned kValueBits = 40;
inline constexpr std::size_t kPerPower = std::size_t{1} << kPrecisionBits;
inline constexpr std::size_t kCount = (kValueBits - kPrecisionBits + 1) * kPerPower;

constexpr std::size_t index_of(std::uint64_t value) {
  if (value >> kValueBits != 0) {
    return kCount - 1;
  }
  if (value < kPerPower) {
    return value;
  }
  const unsigned power = static_cast<unsigned>(std::bit_width(value)) - 1 - kPrecisionBits;
  return (power + 1) * kPerPower + ((value >> power) - kPerPower);
}

// The largest value of a bucket.
constexpr std::uint64_t upper_bound(std::size_t index) {
  if (index < kPerPower) {
    return index;
  }
  const std::size_t power = index / kPerPower - 1;
  return ((index % kPerPower + kPerPower + 1) << power) - 1;
}
}  // namespace buckets

// How long things took: counts by bucket. A value.
class Histogram {
 public:
  Histogram() : counts_(buckets::kCount) {}

  void add(std::size_t bucket, std::uint64_t count) { counts_[bucket] += count; }
  Histogram& operator+=(const Histogram& other);
  Histogram& operator-=(const Histogram& earlier);  // what came after `earlier` was taken from the same source

  [[nodiscard]] std::uint64_t count() const;

  // The duration, in nanoseconds, that `fraction` (0 to 1) of all values do not exceed; 0 where there are none.
  [[nodiscard]] std::uint64_t quantile(double fraction) const;

  [[nodiscard]] const std::vector<std::uint64_t>& counts() const { return counts_; }

 private:
  std::vector<std::uint64_t> counts_;
};

// One that a single thread adds to while others look.
class LiveHistogram {
 public:
  void record(std::uint64_t nanoseconds) {
    std::atomic<std::uint64_t>& count = counts_[buckets::index_of(nanoseconds)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  [[nodiscard]] Histogram snapshot() const;

 private:
  std::array<std::atomic<std::uint64_t>, buckets::kCount> counts_{};
};

}  // namespace sentix::load
