#include "core/fifo.h"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using sentix::core::Fifo;

TEST_CASE("a fifo agrees with a deque over many random steps") {
  std::mt19937 random(11);
  Fifo<int> fifo;
  std::deque<int> model;
  for (int step = 0; step < 100'000; ++step) {
    const bool growing = step / 10'000 % 2 == 0;
    if (model.empty() || random() % 4 < (growing ? 3U : 1U)) {
      fifo.push_back(step);
      model.push_back(step);
    } else {
      fifo.pop_front();
      model.pop_front();
    }
    REQUIRE(fifo.size() == model.size());
    REQUIRE(fifo.empty() == model.empty());
    if (!model.empty()) {
      REQUIRE(fifo.front() == model.front());
    }
  }
}
