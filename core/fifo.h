#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace sentix::core {

// First in, first out, in one piece of memory that stays; a std::deque allocates and frees as it moves on.
template <class T>
class Fifo {
 public:
  [[nodiscard]] bool empty() const { return first_ == items_.size(); }
  [[nodiscard]] std::size_t size() const { return items_.size() - first_; }
  [[nodiscard]] const T& front() const { return items_[first_]; }

  void push_back(T item) { items_.push_back(std::move(item)); }

  void pop_front() {
    if (++first_ == items_.size()) {
      items_.clear();
      first_ = 0;
    } else if (first_ >= kGoneMax && first_ >= items_.size() / 2) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

 private:
  static constexpr std::size_t kGoneMax = 1024;  // so that moving up what is left costs little for each that has gone

  std::vector<T> items_;
  std::size_t first_ = 0;
};

}  // namespace sentix::core
