#include "tools/load/histogram.h"

#include <cmath>
#include <numeric>

namespace sentix::load {

Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] += other.counts_[i];
  }
  return *this;
}

Histogram& Histogram::operator-=(const Histogram& earlier) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] -= earlier.counts_[i];
  }
  return *this;
}

std::uint64_t Histogram::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t Histogram::quantile(double fraction) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count())));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank && seen > 0) {
      return buckets::upper_bound(i);
    }
  }
  return 0;
}

Histogram LiveHistogram::snapshot() const {
  Histogram histogram;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    histogram.add(i, counts_[i].load(std::memory_order_relaxed));
  }
  return histogram;
}

}  // namespace sentix::load
