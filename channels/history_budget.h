#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

namespace sentix::channels {

// What all histories of a broker may take together, in bytes. It is only counted here: a history that finds it exceeded
// after it took something lets go of its own oldest entries until it is not, so that the channels that publish are
// those that keep less. Two that publish at one instant may both let go; neither keeps more than was there.
//
// Any thread may call anything.
class HistoryBudget {
 public:
  explicit HistoryBudget(std::size_t bytes_max = std::numeric_limits<std::size_t>::max()) : bytes_max_(bytes_max) {}

  void take(std::size_t bytes) noexcept { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void give_back(std::size_t bytes) noexcept { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool exceeded() const noexcept { return bytes() > bytes_max_; }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace sentix::channels
