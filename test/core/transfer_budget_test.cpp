#include "core/transfer_budget.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <thread>

namespace sentix::core {
namespace {

constexpr std::size_t kKiB = 1024;

TEST_CASE("a turn ends with its bytes, in calls of bounded size") {
  TransferBudget budget;
  std::size_t bytes = 0;
  while (!budget.spent()) {
    const std::size_t next = budget.next_bytes_max();
    REQUIRE(next > 0);
    REQUIRE(next <= 128 * kKiB);
    const std::size_t transferred = next < 1000 ? next : 1000;  // too few to look at the clock
    budget.spend(transferred);
    bytes += transferred;
  }
  CHECK(bytes == 512 * kKiB);
  CHECK(budget.next_bytes_max() == 0);
}

TEST_CASE("a turn of large transfers ends when they take long") {
  TransferBudget budget;
  budget.spend(64 * kKiB);
  CHECK(!budget.spent());
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  budget.spend(100);
  CHECK(!budget.spent());  // a small one does not look at the clock
  budget.spend(64 * kKiB);
  CHECK(budget.spent());
}

}  // namespace
}  // namespace sentix::core
