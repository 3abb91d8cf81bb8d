#include "channels/history.h"

#include <doctest/doctest.h>

#include <limits>

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;

HistoryBudget unlimited;

constexpr Time kStart = Time() + 1000h;

protocol::MessageFrame message(std::uint64_t offset) {
  return protocol::MessageDraft("c", std::to_string(offset * 10)).finish(offset);
}

void add(History& history, int count, Time now = kStart) {
  for (int i = 0; i < count; ++i) history.add(message(history.next_offset()), {}, now);
}

// Checks on the way that every entry carries its own data.
std::vector<std::uint64_t> offsets(const std::vector<HistoryEntry>& entries) {
  std::vector<std::uint64_t> result;
  for (const HistoryEntry& entry : entries) {
    CHECK(entry.message.data_json() == std::to_string(entry.offset * 10));
    result.push_back(entry.offset);
  }
  return result;
}

using Offsets = std::vector<std::uint64_t>;

Offsets range(std::uint64_t first, std::uint64_t last) {
  Offsets result;
  for (std::uint64_t offset = first; offset <= last; ++offset) result.push_back(offset);
  return result;
}

TEST_CASE("offsets are dense from one, and the newest size entries stay") {
  History history({.history_size = 3}, unlimited);
  CHECK(history.top().offset == 0);
  CHECK(history.size() == 0);
  add(history, 2);
  CHECK(offsets(history.read(100, {}, false)) == Offsets{1, 2});
  add(history, 3);
  CHECK(history.top().offset == 5);
  CHECK(history.size() == 3);
  CHECK(offsets(history.read(100, {}, false)) == Offsets{3, 4, 5});
}

TEST_CASE("what was missed is told from every position, or not at all") {
  History history({.history_size = 5}, unlimited);
  add(history, 12);  // 8 to 12 are kept
  const std::string epoch = history.top().epoch;
  for (std::uint64_t since = 0; since < 20; ++since) {
    CAPTURE(since);
    const auto missed = history.missed_since({epoch, since});
    if (since < 7 || since > 12) {
      CHECK_FALSE(missed);
    } else {
      REQUIRE(missed);
      CHECK(offsets(*missed) == range(since + 1, 12));
    }
  }
  CHECK_FALSE(history.missed_since({epoch, std::numeric_limits<std::uint64_t>::max()}));
  CHECK_FALSE(history.missed_since({"another", 12}));
  CHECK_FALSE(history.missed_since({"", 12}));
}

TEST_CASE("in an empty history only its beginning is known") {
  History history({.history_size = 5}, unlimited);
  const std::string epoch = history.top().epoch;
  REQUIRE(history.missed_since({epoch, 0}));
  CHECK(history.missed_since({epoch, 0})->empty());
  CHECK_FALSE(history.missed_since({epoch, 1}));
  CHECK(history.read(10, {}, false).empty());
  CHECK(history.read(10, Position{epoch, 0}, true).empty());
}

TEST_CASE("what has outlived its time goes, and a position before it cannot be recovered any more") {
  History history({.history_size = 10, .history_ttl = 10s}, unlimited);
  const std::string epoch = history.top().epoch;
  add(history, 2, kStart);
  add(history, 2, kStart + 5s);
  history.expire(kStart + 10s - 1ms);
  CHECK(history.size() == 4);
  history.expire(kStart + 10s);
  CHECK(offsets(history.read(100, {}, false)) == Offsets{3, 4});
  CHECK_FALSE(history.missed_since({epoch, 1}));
  CHECK(offsets(*history.missed_since({epoch, 2})) == Offsets{3, 4});
  history.expire(kStart + 15s);
  CHECK(history.size() == 0);
  CHECK(history.top().offset == 4);
  CHECK_FALSE(history.missed_since({epoch, 3}));
  CHECK(history.missed_since({epoch, 4})->empty());
  add(history, 1, kStart + 20s);
  CHECK(offsets(history.read(100, {}, false)) == Offsets{5});
}

TEST_CASE("an age of centuries is no overflow") {
  History history({.history_size = 2, .history_ttl = std::chrono::milliseconds::max()}, unlimited);
  add(history, 1);
  history.expire(Time::max());
  CHECK(history.size() == 1);
}

TEST_CASE("reading agrees with its definition for every limit, position and direction") {
  History history({.history_size = 6}, unlimited);
  add(history, 10);  // 5 to 10 are kept
  const std::string epoch = history.top().epoch;
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{5},
                                    std::uint64_t{6}, std::uint64_t{7}, kMax}) {
    for (const std::uint64_t since :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4}, std::uint64_t{5}, std::uint64_t{6}, std::uint64_t{9},
          std::uint64_t{10}, std::uint64_t{11}, std::uint64_t{12}, kMax}) {
      CAPTURE(limit);
      CAPTURE(since);
      Offsets after;
      for (const std::uint64_t offset : range(5, 10)) {
        if (offset > since && after.size() < limit) after.push_back(offset);
      }
      CHECK(offsets(history.read(limit, Position{epoch, since}, false)) == after);
      CHECK(offsets(history.read(limit, Position{epoch, since}, true)) == Offsets(after.rbegin(), after.rend()));
      CHECK(offsets(history.read(limit, Position{"another", since}, false)) == offsets(history.read(limit, {}, false)));
    }
    const std::uint64_t count = limit < 6 ? limit : 6;
    const Offsets newest = range(11 - count, 10);
    CHECK(offsets(history.read(limit, {}, false)) == newest);
    CHECK(offsets(history.read(limit, {}, true)) == Offsets(newest.rbegin(), newest.rend()));
  }
}

TEST_CASE("a key is known as long as its entry is kept, by count and by age") {
  History history({.history_size = 2, .history_ttl = 10s}, unlimited);
  history.add(message(1), "one", kStart);
  history.add(message(2), "two", kStart + 5s);
  CHECK(history.find("one", "10") == 1);
  CHECK(history.find("two", "20") == 2);
  CHECK_FALSE(history.find("three", "10"));
  CHECK_FALSE(history.find("one", "20"));
  CHECK_FALSE(history.find("", "10"));
  history.add(message(3), "a key too long to be kept inside of the string object itself", kStart + 5s);
  CHECK_FALSE(history.find("one", "10"));
  CHECK(history.find("two", "20") == 2);
  CHECK(history.find("a key too long to be kept inside of the string object itself", "30") == 3);
  history.expire(kStart + 15s);
  CHECK_FALSE(history.find("two", "20"));
  history.add(message(4), "one", kStart + 15s);
  CHECK(history.find("one", "40") == 4);
}

// What an entry takes beside its frame.
std::size_t bytes_of_entry() {
  HistoryBudget budget;
  History history({.history_size = 1}, budget);
  add(history, 1);
  return budget.bytes();
}

TEST_CASE("a history keeps no more bytes than it may, and its oldest go") {
  const std::size_t entry = bytes_of_entry();
  History history({.history_size = 100, .history_bytes = 3 * entry + entry / 2}, unlimited);
  add(history, 9);
  CHECK(offsets(history.read(100, {}, false)) == Offsets{7, 8, 9});
  CHECK_FALSE(history.missed_since({history.top().epoch, 5}));
}

TEST_CASE("a message larger than the whole history has a place in it, and nothing else") {
  History history({.history_size = 100, .history_bytes = 1}, unlimited);
  history.add(message(1), "key", kStart);
  CHECK(history.size() == 0);
  CHECK(history.top().offset == 1);
  CHECK_FALSE(history.find("key", "10"));
  CHECK(history.missed_since({history.top().epoch, 1})->empty());
  CHECK_FALSE(history.missed_since({history.top().epoch, 0}));
}

TEST_CASE("what all histories take together is bounded, and who publishes pays") {
  const std::size_t entry = bytes_of_entry();
  HistoryBudget budget(5 * entry);
  History quiet({.history_size = 100}, budget);
  {
    History loud({.history_size = 100}, budget);
    add(quiet, 3);
    add(loud, 9);
    CHECK(quiet.size() == 3);
    CHECK(offsets(loud.read(100, {}, false)) == Offsets{8, 9});
    add(quiet, 1);  // the sixth of five: its own first goes
    CHECK(offsets(quiet.read(100, {}, false)) == Offsets{2, 3, 4});
    CHECK(loud.size() == 2);
    CHECK(budget.bytes() == 5 * entry);
    quiet.expire(kStart + 1h);
    CHECK(budget.bytes() == 2 * entry);
  }
  CHECK(budget.bytes() == 0);
}

TEST_CASE("every history has an epoch of its own that fits inside of a string") {
  const History a({.history_size = 1}, unlimited);
  const History b({.history_size = 1}, unlimited);
  CHECK(a.top().epoch != b.top().epoch);
  CHECK(a.top().epoch.size() == 15);
}

}  // namespace
}  // namespace sentix::channels
