#include "core/slab.h"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <vector>

using sentix::core::Slab;

namespace {

struct Item {
  explicit Item(std::uint32_t given, int& alive_count) : slot(given), alive(alive_count) { ++alive; }
  ~Item() { --alive; }
  std::uint32_t slot;
  int& alive;
};

}  // namespace

TEST_CASE("objects are found by their slot until they are destroyed, and do not move") {
  Slab<Item> slab;
  int alive = 0;
  std::vector<Item*> items;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::uint32_t slot = slab.next_slot();
    items.push_back(&slab.create(slot, alive));
  }
  CHECK(slab.size() == 1000);
  CHECK(alive == 1000);
  for (Item* item : items) {
    CHECK(slab.find(item->slot) == item);
  }
  const std::uint32_t slot = items[10]->slot;
  slab.destroy(slot);
  CHECK(slab.find(slot) == nullptr);
  CHECK(slab.find(999999) == nullptr);
  CHECK(alive == 999);
  slab.for_each([&](Item& item) { CHECK(slab.find(item.slot) == &item); });
  for (Item* item : items) {
    if (slab.find(item->slot) == item) {
      slab.destroy(item->slot);
    }
  }
  CHECK(slab.size() == 0);
  CHECK(alive == 0);
}

TEST_CASE("slots are used again, also those of chunks that were freed") {
  Slab<Item> slab;
  int alive = 0;
  std::mt19937 random(7);
  std::set<std::uint32_t> used;
  for (int step = 0; step < 30000; ++step) {
    const bool growing = (step / 3000) % 2 == 0;
    if (used.empty() || random() % 4 < (growing ? 3U : 1U)) {
      const std::uint32_t slot = slab.next_slot();
      REQUIRE(used.insert(slot).second);
      slab.create(slot, alive);
    } else {
      const std::uint32_t slot = *used.begin();
      used.erase(used.begin());
      slab.destroy(slot);
      REQUIRE(slab.find(slot) == nullptr);
    }
    REQUIRE(static_cast<std::size_t>(alive) == used.size());
    REQUIRE(slab.size() == used.size());
  }
  CHECK((used.empty() ? 0 : *used.rbegin()) < 10000);
  for (const std::uint32_t slot : used) {
    REQUIRE(slab.find(slot) != nullptr);
    slab.destroy(slot);
  }
  CHECK(alive == 0);
}

#ifdef SENTIX_LEAK_SANITIZER
TEST_CASE("what an object owns is no leak while the object lives") {
  Slab<std::vector<int>> slab;
  slab.create(1000);
  CHECK(__lsan_do_recoverable_leak_check() == 0);
  slab.destroy(0);
}
#endif
