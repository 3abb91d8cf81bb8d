#include "tools/load/request_loop.h"

#include <doctest/doctest.h>

#include <deque>
#include <random>

namespace sentix::load {
namespace {

TEST_CASE("times come back in the order in which they were put, however the queue grows and turns") {
  std::mt19937 random(1);
  TimeQueue queue;
  std::deque<std::uint64_t> expected;
  for (std::uint64_t time = 0; time < 10'000; ++time) {
    queue.push(time);
    expected.push_back(time);
    for (auto answers = random() % 3; answers > 0 && !expected.empty(); --answers) {
      REQUIRE(queue.pop() == expected.front());
      expected.pop_front();
    }
    REQUIRE(queue.size() == expected.size());
  }
}

TEST_CASE("requests are repeated as often as wanted, but large ones not endlessly") {
  CHECK(repeated(Bytes(20), 16).copies->size() == 320);
  CHECK(repeated(Bytes(20), 0).copies->size() == 20);
  CHECK(repeated(Bytes(100'000), 16).copies->size() == 200'000);
  CHECK(repeated(Bytes(1'000'000), 16).copies->size() == 1'000'000);
}

}  // namespace
}  // namespace sentix::load
