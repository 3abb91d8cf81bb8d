#include "core/timer_wheel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

using sentix::core::Tick;
using sentix::core::ticks;
using sentix::core::Timer;
using sentix::core::TimerWheel;
using namespace std::chrono_literals;

TEST_CASE("a duration becomes ticks, rounded up, at least one") {
  CHECK(ticks(0ms) == 1);
  CHECK(ticks(1ms) == 1);
  CHECK(ticks(50ms) == 1);
  CHECK(ticks(51ms) == 2);
  CHECK(ticks(30s) == 600);
  CHECK(ticks(-1s) == 1);
  CHECK(ticks(std::chrono::hours(24 * 400)) == 24U * 400 * 3600 * 20);
  CHECK(ticks(std::chrono::milliseconds::max()) == 1U << 30);
}

TEST_CASE("a timer comes due at its tick, once") {
  TimerWheel wheel;
  Timer timer;
  int due = 0;
  wheel.arm(timer, 5);
  CHECK(timer.armed());
  wheel.advance(4, [&](Timer&) { ++due; });
  CHECK(due == 0);
  wheel.advance(5, [&](Timer& which) {
    ++due;
    CHECK(&which == &timer);
    CHECK_FALSE(which.armed());
  });
  CHECK(due == 1);
  wheel.advance(5000, [&](Timer&) { ++due; });
  CHECK(due == 1);
}

TEST_CASE("a deadline that has passed comes due at the next advance") {
  TimerWheel wheel;
  wheel.advance(100, [](Timer&) {});
  Timer timer;
  wheel.arm(timer, 7);
  int due = 0;
  wheel.advance(101, [&](Timer&) { ++due; });
  CHECK(due == 1);
}

TEST_CASE("a deadline further away than one turn of the wheel waits for its turn") {
  TimerWheel wheel;
  Timer timer;
  wheel.arm(timer, 3000);
  int due = 0;
  wheel.advance(2999, [&](Timer&) { ++due; });
  CHECK(due == 0);
  wheel.advance(3000, [&](Timer&) { ++due; });
  CHECK(due == 1);
}

TEST_CASE("re-arming replaces, disarming and destruction cancel") {
  TimerWheel wheel;
  Timer timer;
  auto doomed = std::make_unique<Timer>();
  int due = 0;
  wheel.arm(timer, 3);
  wheel.arm(timer, 9);
  wheel.arm(*doomed, 3);
  doomed.reset();
  wheel.advance(8, [&](Timer&) { ++due; });
  CHECK(due == 0);
  timer.disarm();
  wheel.advance(20, [&](Timer&) { ++due; });
  CHECK(due == 0);
}

TEST_CASE("what is due may arm, disarm and destroy others of its slot") {
  TimerWheel wheel;
  Timer first, again;
  auto victim = std::make_unique<Timer>();
  Timer disarmed;
  wheel.arm(first, 4);
  wheel.arm(*victim, 4);
  wheel.arm(disarmed, 4);
  std::vector<Timer*> due;
  wheel.advance(4, [&](Timer& timer) {
    due.push_back(&timer);
    victim.reset();
    disarmed.disarm();
    wheel.arm(again, 4);  // has passed: next time
  });
  CHECK(due == std::vector<Timer*>{&first});
  wheel.advance(5, [&](Timer& timer) { due.push_back(&timer); });
  CHECK(due == std::vector<Timer*>{&first, &again});
}

TEST_CASE("the wheel agrees with a sorted list over thousands of random steps") {
  std::mt19937 random(42);
  TimerWheel wheel;
  std::vector<Timer> timers(200);
  std::map<Timer*, Tick> model;
  Tick now = 0;
  for (int step = 0; step < 20000; ++step) {
    Timer& timer = timers[random() % timers.size()];
    switch (random() % 4) {
      case 0:
      case 1: {
        const Tick deadline = now + 1 + static_cast<Tick>(random() % 2500);
        wheel.arm(timer, deadline);
        model[&timer] = deadline;
        break;
      }
      case 2:
        timer.disarm();
        model.erase(&timer);
        break;
      default:
        now += static_cast<Tick>(random() % 40);
        wheel.advance(now, [&](Timer& due) {
          REQUIRE(model.contains(&due));
          REQUIRE(model[&due] <= now);
          model.erase(&due);
        });
        REQUIRE(std::all_of(model.begin(), model.end(), [now](const auto& entry) { return entry.second > now; }));
    }
  }
}
