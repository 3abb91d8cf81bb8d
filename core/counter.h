#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sentix::core {

// A number that one thread changes and any thread may read at any time, for the cost of a plain one: with one writer no
// read-modify-write has to be atomic.
class Counter {
 public:
  void add(std::uint64_t count = 1) { set(value() + count); }
  void subtract(std::uint64_t count) { set(value() - count); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// How often something took how long: counts by upper bounds, as Prometheus has histograms. One thread adds, any thread
// may read; what it reads while something is added may lack that.
class Histogram {
 public:
  // Seconds: from a tenth of a millisecond, about a turn of the loop, to where clients give up. Fixed for all, so that
  // histograms of workers and of servers can be added.
  static constexpr std::array<double, 14> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                  0.025,  0.05,    0.1,    0.25,  0.5,    1,     5};

  void add(std::uint64_t nanoseconds) {
    constexpr double kPerSecond = 1e9;
    const auto seconds = static_cast<double>(nanoseconds) / kPerSecond;
    const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    counts_[static_cast<std::size_t>(bound - kBounds.begin())].add();
    nanoseconds_.add(nanoseconds);
  }

  // How often it took up to kBounds[i] and longer than the bound before; the last count is of all that took longer.
  [[nodiscard]] std::span<const Counter> counts() const { return counts_; }
  [[nodiscard]] std::uint64_t sum_ns() const { return nanoseconds_.value(); }

 private:
  std::array<Counter, kBounds.size() + 1> counts_;
  Counter nanoseconds_;
};

}  // namespace sentix::core
