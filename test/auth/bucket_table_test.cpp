#include "auth/bucket_table.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>

namespace sentix::auth {
namespace {

using namespace std::chrono_literals;

constexpr TokenBucket::Time kStart{std::chrono::hours(1)};
constexpr Rate kRate{.units = 1, .burst = 2, .period = 1s};

TEST_CASE("each spender has a bucket of its own for as long as it is not full") {
  BucketTable table(1024);
  for (std::uint64_t hash = 0; hash < 8; ++hash) {
    CHECK(table.bucket(hash << 40, kStart).spend(kRate, 2, kStart) == 0ns);
  }
  for (std::uint64_t hash = 0; hash < 8; ++hash) {
    CHECK(table.bucket(hash << 40, kStart).spend(kRate, 1, kStart) == 1s);
    CHECK(table.bucket(hash << 40, kStart + 2s).full(kStart + 2s));
  }
}

TEST_CASE("where there are more than it has places for, who is full soonest makes way") {
  BucketTable table(8);
  for (std::uint64_t hash = 1; hash <= 8; ++hash) {
    CHECK(table.bucket(hash, kStart).spend(kRate, hash == 3 ? 1 : 2, kStart) == 0ns);
  }
  CHECK(table.bucket(9, kStart).spend(kRate, 2, kStart) == 0ns);
  for (std::uint64_t hash = 1; hash <= 9; ++hash) {
    CAPTURE(hash);
    if (hash != 3) CHECK_FALSE(table.bucket(hash, kStart).full(kStart));
  }
  CHECK(table.bucket(3, kStart).full(kStart));
}

TEST_CASE("a crowd that fits is limited as strictly as each alone") {
  BucketTable table(1 << 12);
  std::mt19937_64 random(7);
  std::uint64_t spent = 0;
  std::vector<std::uint64_t> spenders(512);
  for (std::uint64_t& hash : spenders) {
    hash = random();
  }
  for (int round = 0; round < 4; ++round) {
    for (const std::uint64_t hash : spenders) {
      if (table.bucket(hash, kStart).spend(kRate, 1, kStart) == 0ns) ++spent;
    }
  }
  CHECK(spent == 2 * spenders.size());
}

}  // namespace
}  // namespace sentix::auth
