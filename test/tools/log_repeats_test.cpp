#include "tools/sentix/log_repeats.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using sentix::core::LogLevel;
using sentix::core::LogLine;
using sentix::tools::LogRepeats;

namespace {

std::size_t passing(LogRepeats& repeats, const LogLine& line, int times) {
  std::size_t passed = 0;
  for (int i = 0; i < times; ++i) {
    passed += repeats.passes(line) ? 1 : 0;
  }
  return passed;
}

}  // namespace

TEST_CASE("of each reason the first lines pass, and the others are counted") {
  LogRepeats repeats(3);
  CHECK(passing(repeats, {.text = "c01 is refused", .reason = "server_full"}, 2) == 2);
  CHECK(passing(repeats, {.level = LogLevel::warning, .text = "c02 is refused", .reason = "server_full"}, 8) == 1);
  CHECK(passing(repeats, {.text = "c03 has ended", .reason = "no_pong"}, 3) == 3);
  const auto held = repeats.end_period();
  REQUIRE(held.size() == 1);
  CHECK(held[0].kind == "server_full");
  CHECK(held[0].lines == 7);
  CHECK(held[0].level == LogLevel::info);  // of the first
}

TEST_CASE("with a new period they pass again") {
  LogRepeats repeats(1);
  CHECK(passing(repeats, {.text = "a"}, 2) == 1);
  CHECK(repeats.end_period().size() == 1);
  CHECK(repeats.end_period().empty());
  CHECK(passing(repeats, {.text = "a"}, 1) == 1);
  CHECK(repeats.end_period().empty());
}

TEST_CASE("lines without a reason are told apart by their text") {
  LogRepeats repeats(1);
  CHECK(passing(repeats, {.text = "accepting no connections"}, 2) == 1);
  CHECK(passing(repeats, {.text = "listening"}, 1) == 1);
}

TEST_CASE("debug lines pass, and so do all where there is no limit") {
  LogRepeats repeats(1);
  CHECK(passing(repeats, {.level = LogLevel::debug, .text = "a"}, 100) == 100);
  LogRepeats unlimited(0);
  CHECK(passing(unlimited, {.text = "a"}, 100) == 100);
  CHECK(unlimited.end_period().empty());
}

TEST_CASE("ever new texts do not fill the memory: beyond so many they count as one") {
  LogRepeats repeats(2);
  std::size_t passed = 0;
  for (int i = 0; i < 5000; ++i) {
    passed += passing(repeats, {.text = std::to_string(i)}, 1);
  }
  CHECK(passed == 1024 + 2);
  const auto held = repeats.end_period();
  REQUIRE(held.size() == 1);
  CHECK(held[0].kind == "other lines");
  CHECK(held[0].lines == 5000 - passed);
}

TEST_CASE("threads share the count") {
  constexpr int kThreads = 4;
  LogRepeats repeats(10);
  std::vector<std::size_t> passed(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t& mine : passed) {
    threads.emplace_back([&] { mine = passing(repeats, {.text = "a"}, 1000); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(passed[0] + passed[1] + passed[2] + passed[3] == 10);
  CHECK(repeats.end_period().at(0).lines == kThreads * 1000 - 10);
}
