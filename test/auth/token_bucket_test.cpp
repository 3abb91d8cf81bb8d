#include "auth/token_bucket.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>

namespace sentix::auth {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr TokenBucket::Time kStart{std::chrono::hours(1)};

TEST_CASE("without a rate everything is free") {
  TokenBucket bucket;
  for (int i = 0; i < 1000; ++i) CHECK(bucket.spend({}, 1'000'000, kStart) == 0ns);
}

TEST_CASE("a new bucket is full: the burst at once, then what time brings") {
  const Rate rate{.units = 10, .burst = 3};
  TokenBucket bucket;
  for (int i = 0; i < 3; ++i) CHECK(bucket.spend(rate, 1, kStart) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart) == 100ms);
  CHECK(bucket.spend(rate, 1, kStart + 99ms) == 1ms);
  CHECK(bucket.spend(rate, 1, kStart + 100ms) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart + 100ms) == 100ms);
  CHECK(bucket.spend(rate, 3, kStart + 100ms) == 300ms);
}

TEST_CASE("what is refused costs nothing, and rest never saves up more than the burst") {
  const Rate rate{.units = 1, .burst = 2};
  TokenBucket bucket;
  CHECK(bucket.spend(rate, 2, kStart) == 0ns);
  for (int i = 0; i < 100; ++i) CHECK(bucket.spend(rate, 1, kStart) == 1s);
  CHECK(bucket.spend(rate, 1, kStart + 1s) == 0ns);
  CHECK(bucket.spend(rate, 2, kStart + 24h) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart + 24h) == 1s);
}

TEST_CASE("without a burst of its own a rate allows what a second brings") {
  const Rate rate{.units = 4};
  TokenBucket bucket;
  CHECK(bucket.spend(rate, 4, kStart) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart) == 250ms);
}

TEST_CASE("what costs more than the burst is to be had from a full bucket, and leaves a debt") {
  const Rate rate{.units = 1, .burst = 2};
  TokenBucket bucket;
  CHECK(bucket.spend(rate, 5, kStart) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart) == 4s);
  CHECK(bucket.spend(rate, 5, kStart + 4s) == 1s);
  CHECK(bucket.spend(rate, 5, kStart + 5s) == 0ns);
}

TEST_CASE("a period may be longer than a second") {
  const Rate rate{.units = 6, .burst = 2, .period = 60s};
  TokenBucket bucket;
  CHECK(bucket.spend(rate, 2, kStart) == 0ns);
  CHECK(bucket.spend(rate, 1, kStart) == 10s);
  CHECK(bucket.spend(rate, 1, kStart + 10s) == 0ns);
  TokenBucket hourly;
  CHECK(hourly.spend({.units = 4, .burst = 0, .period = 3600s}, 4, kStart) == 0ns);
  CHECK(hourly.spend({.units = 4, .burst = 0, .period = 3600s}, 1, kStart) == 15min);
}

TEST_CASE("what has happened is charged in any case, and a debt is told until it is paid") {
  const Rate rate{.units = 10, .burst = 5};
  TokenBucket bucket;
  CHECK(bucket.charge(rate, 5, kStart) == 0ns);
  CHECK(bucket.charge(rate, 3, kStart) == 300ms);
  CHECK(bucket.wait_for(rate, 1, kStart) == 400ms);
  CHECK(bucket.charge(rate, 1, kStart + 400ms) == 0ns);
  CHECK(bucket.charge({}, 1000, kStart) == 0ns);
}

TEST_CASE("a debt is forgotten where it is longer than an hour") {
  const Rate rate{.units = 1};
  TokenBucket bucket;
  CHECK(bucket.charge(rate, 1'000'000, kStart) == 1h);
  CHECK(bucket.charge(rate, 1'000'000, kStart) == 1h);
}

TEST_CASE("the largest figures overflow nothing") {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  TokenBucket slow;
  CHECK(slow.spend({.units = 1, .burst = kMost}, kMost, kStart) == 0ns);
  CHECK(slow.spend({.units = 1, .burst = kMost}, 1, kStart) == 1s);
  TokenBucket fast;
  CHECK(fast.spend({.units = kMost}, kMost, kStart) == 0ns);
  CHECK(fast.spend({.units = kMost}, kMost, kStart) == 1s);
  TokenBucket hourly;
  CHECK(hourly.spend({.units = 1, .burst = kMost, .period = 3600s}, kMost, kStart) == 0ns);
  CHECK(hourly.spend({.units = kMost, .burst = 1, .period = 3600s}, 1, kStart) > 0ns);
  TokenBucket charged;
  CHECK(charged.charge({.units = 1, .burst = kMost, .period = 3600s}, kMost, kStart) == 0ns);
  CHECK(charged.charge({.units = 1, .burst = kMost, .period = 3600s}, kMost, kStart) == 1h);
}

TEST_CASE("over any stretch of time nobody gets more than the burst and what that time brought") {
  const Rate rate{.units = 20, .burst = 7};
  std::mt19937 random(6);
  TokenBucket bucket;
  auto now = kStart;
  std::uint64_t spent = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += nanoseconds(random() % 60'000'000);
    const std::uint32_t cost = 1 + static_cast<std::uint32_t>(random() % 5);
    if (bucket.spend(rate, cost, now) == 0ns) spent += cost;
    const auto brought = static_cast<std::uint64_t>((now - kStart) / 50ms);
    REQUIRE(spent <= rate.burst + brought + 1);
  }
  const auto brought = static_cast<std::uint64_t>((now - kStart) / 50ms);
  CHECK(spent > brought * 9 / 10);  // and hardly less, where it is wanted
}

}  // namespace
}  // namespace sentix::auth
