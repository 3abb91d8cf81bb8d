#include "core/cluster/node_life.h"

#include <doctest/doctest.h>

using namespace sentix;
using namespace std::chrono_literals;
using core::NodeAction;
using core::NodeLife;

namespace {

constexpr std::uint32_t kHighest = 0xffff'ffff;  // the longest pause of those that may be

// A node whose clock is turned by hand.
struct Fixture {
  ClusterOptions options = {};
  NodeLife::Time now{};
  NodeLife life{options, now};

  NodeAction step() { return life.step(now); }
  NodeAction after(std::chrono::milliseconds time) {
    now += time;
    return step();
  }
  void spawn() {
    REQUIRE(step() == NodeAction::spawn);
    life.spawned(now);
  }
  void come_up() {
    spawn();
    life.answered(true);
    REQUIRE(life.state() == NodeState::up);
  }
  void end() { life.ended(now, kHighest); }
};

}  // namespace

TEST_CASE("a node is started at once, is up when it is ready, and unready while it says so") {
  Fixture node;
  node.spawn();
  CHECK(node.life.state() == NodeState::starting);
  node.life.answered(false);
  CHECK(node.life.state() == NodeState::unready);
  node.life.answered(true);
  CHECK(node.life.state() == NodeState::up);
  CHECK(node.after(24h) == NodeAction::none);
}

TEST_CASE("a node that dies is started again after pauses that double up to a bound") {
  Fixture node;
  for (const auto pause : {200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 12800ms, 25600ms, 30000ms, 30000ms}) {
    node.spawn();
    node.end();
    CHECK(node.life.state() == NodeState::waiting);
    CHECK(node.after(pause - 2ms) == NodeAction::none);
    node.now += 2ms;
  }
}

TEST_CASE("what could not be started is tried again after pauses as well") {
  Fixture node;
  REQUIRE(node.step() == NodeAction::spawn);
  node.end();
  CHECK(node.step() == NodeAction::none);
  CHECK(node.after(200ms) == NodeAction::spawn);
  node.end();
  CHECK(node.after(200ms) == NodeAction::none);
  CHECK(node.life.spawns() == 2);
}

TEST_CASE("a node that lived for a while begins with the first pause again") {
  Fixture node;
  for (int i = 0; i < 5; ++i) {
    node.spawn();
    node.end();
    node.now += 30s;
  }
  node.come_up();
  node.now += node.options.steady_after;
  node.end();
  CHECK(node.after(200ms) == NodeAction::spawn);
}

TEST_CASE("a node that does not answer several times in a row is killed, once, and counts as hung") {
  Fixture node;
  node.come_up();
  for (unsigned i = 1; i < node.options.probes_failed_max; ++i) {
    node.life.did_not_answer();
    CHECK(node.step() == NodeAction::none);
  }
  SUBCASE("in a row") {
    node.life.did_not_answer();
    CHECK(node.step() == NodeAction::kill);
    CHECK(node.life.hung());
    CHECK(node.life.state() == NodeState::ending);
    CHECK(node.after(24h) == NodeAction::none);
    node.end();
    CHECK(node.after(200ms) == NodeAction::spawn);
  }
  SUBCASE("an answer in between, whatever it says, begins the count anew") {
    node.life.answered(false);
    node.life.did_not_answer();
    CHECK(node.step() == NodeAction::none);
  }
}

TEST_CASE("a node that starts may take its time, but not for ever") {
  Fixture node;
  node.spawn();
  for (int i = 0; i < 100; ++i) {
    node.life.did_not_answer();
  }
  CHECK(node.after(node.options.start_timeout - 1ms) == NodeAction::none);
  CHECK(node.after(1ms) == NodeAction::kill);
  CHECK(node.life.hung());
}

TEST_CASE("a restart drains, and starts again without a pause") {
  Fixture node;
  node.come_up();
  node.life.restart(node.now);
  CHECK(node.life.state() == NodeState::draining);
  CHECK(node.step() == NodeAction::terminate);
  CHECK(node.step() == NodeAction::none);
  node.life.answered(true);  // what was asked before
  CHECK(node.life.state() == NodeState::draining);
  SUBCASE("once it has ended") {
    node.end();
    CHECK(node.step() == NodeAction::spawn);
  }
  SUBCASE("also where it has to be killed") {
    CHECK(node.after(node.options.drain_timeout) == NodeAction::kill);
    CHECK_FALSE(node.life.hung());
    node.end();
    CHECK(node.step() == NodeAction::spawn);
  }
}

TEST_CASE("a restart of a node that waits ends its pause") {
  Fixture node;
  node.spawn();
  node.end();
  CHECK(node.step() == NodeAction::none);
  node.life.restart(node.now);
  CHECK(node.step() == NodeAction::spawn);
}

TEST_CASE("a node that leaves drains, and has gone when it has ended") {
  Fixture node;
  SUBCASE("from where it is up") {
    node.come_up();
    node.life.leave(node.now);
    CHECK(node.step() == NodeAction::terminate);
    CHECK_FALSE(node.life.gone());
    SUBCASE("in its time") {}
    SUBCASE("in a hurry") {
      node.life.hurry();
      CHECK(node.step() == NodeAction::kill);
    }
    node.end();
  }
  SUBCASE("from its pause") {
    node.life.leave(node.now);
  }
  CHECK(node.life.gone());
  CHECK(node.after(24h) == NodeAction::none);
}
