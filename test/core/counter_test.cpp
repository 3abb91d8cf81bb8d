#include "core/counter.h"

#include <doctest/doctest.h>

#include <numeric>

using sentix::core::Counter;
using sentix::core::Histogram;

TEST_CASE("a counter counts up, down and to a value") {
  Counter counter;
  counter.add();
  counter.add(10);
  CHECK(counter.value() == 11);
  counter.subtract(4);
  CHECK(counter.value() == 7);
  counter.set(3);
  CHECK(counter.value() == 3);
}

TEST_CASE("a histogram counts by upper bounds, which belong to their bucket") {
  constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
  Histogram histogram;
  histogram.add(0);
  histogram.add(100'000);            // exactly the first bound
  histogram.add(100'001);            // just above it
  histogram.add(kNsPerSecond);       // exactly the one before the last
  histogram.add(5 * kNsPerSecond);   // the last
  histogram.add(60 * kNsPerSecond);  // longer than any
  const auto counts = histogram.counts();
  REQUIRE(counts.size() == Histogram::kBounds.size() + 1);
  CHECK(counts[0].value() == 2);
  CHECK(counts[1].value() == 1);
  CHECK(counts[counts.size() - 3].value() == 1);
  CHECK(counts[counts.size() - 2].value() == 1);
  CHECK(counts.back().value() == 1);
  CHECK(histogram.sum_ns() == 66 * kNsPerSecond + 200'001);
}
