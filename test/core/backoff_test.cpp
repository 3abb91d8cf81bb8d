#include "core/backoff.h"

#include <doctest/doctest.h>

using sentix::core::Backoff;
using namespace std::chrono_literals;

TEST_CASE("waits are spread over a bound that doubles up to its limit, and begin anew after a success") {
  constexpr std::uint32_t kHighest = 0xffff'ffff;
  Backoff backoff(100ms, 1s);
  for (const auto bound : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    CHECK(backoff.next(kHighest) == bound - 1ms);
  }
  CHECK(backoff.next(0) == 0ms);
  CHECK(backoff.next(kHighest / 2 + 1) == 500ms);
  backoff.reset();
  CHECK(backoff.next(kHighest) == 99ms);

  Backoff short_one(5s, 1s);
  CHECK(short_one.next(kHighest) == 999ms);
}
