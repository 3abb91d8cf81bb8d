#include "tools/load/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace sentix::load {
namespace {

TEST_CASE("buckets are in order, and each value is in the one whose bound is the next above it") {
  for (std::size_t i = 1; i < buckets::kCount; ++i) {
    REQUIRE(buckets::upper_bound(i) > buckets::upper_bound(i - 1));
    CHECK(buckets::index_of(buckets::upper_bound(i)) == i);
    CHECK(buckets::index_of(buckets::upper_bound(i - 1) + 1) == i);
  }
  CHECK(buckets::index_of(0) == 0);
  CHECK(buckets::index_of(~std::uint64_t{0}) == buckets::kCount - 1);
}

TEST_CASE("a quantile is known to within 1.6 %") {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> values;
  LiveHistogram live;
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(random() >> (24 + random() % 40));
    live.record(values.back());
  }
  std::sort(values.begin(), values.end());
  const Histogram histogram = live.snapshot();
  CHECK(histogram.count() == values.size());
  for (const double fraction : {0.0001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::uint64_t exact = values[static_cast<std::size_t>(fraction * 10'000) - 1];
    const std::uint64_t told = histogram.quantile(fraction);
    CAPTURE(fraction);
    CHECK(told >= exact);
    CHECK(static_cast<double>(told) <= static_cast<double>(exact) * (1 + 1.0 / 64));
  }
}

TEST_CASE("what came between two snapshots is their difference, and a sum is of both") {
  LiveHistogram live;
  live.record(5);
  const Histogram before = live.snapshot();
  live.record(1000);
  Histogram since = live.snapshot();
  since -= before;
  CHECK(since.count() == 1);
  CHECK(since.quantile(0) >= 1000);
  since += before;
  CHECK(since.count() == 2);
  CHECK(since.quantile(0.5) == 5);
  CHECK(Histogram().quantile(0.5) == 0);
}

}  // namespace
}  // namespace sentix::load
