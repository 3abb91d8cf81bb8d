#include "core/cluster/cluster_plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

using namespace sentix;
using namespace std::chrono_literals;
using core::ClusterMember;
using core::ClusterPlan;
using core::NodeAction;

namespace {

// A plan, and processes that do as they are told.
struct World {
  explicit World(int nodes) {
    for (int i = 0; i < nodes; ++i) {
      plan.add(node(i), now);
    }
  }

  static Node node(int index) { return {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(8080 + index)}; }

  ClusterMember& member(int index) { return *std::next(plan.members().begin(), index); }

  // A tenth of a second. A node that is told to end does so in the next one, and one that starts is up then.
  void tick() {
    now += 100ms;
    plan.step(now);
    for (ClusterMember& one : plan.members()) {
      if (ending.erase(one.id) > 0) {
        one.life.ended(now, 0x8000'0000);
      } else if (one.life.state() == NodeState::starting && comes_up) {
        one.life.answered(true);
      }
      switch (one.life.step(now)) {
        case NodeAction::spawn:
          one.life.spawned(now);
          break;
        case NodeAction::terminate:
          told_to_end.push_back(one.id);
          ending.insert(one.id);
          break;
        case NodeAction::kill:
          ending.insert(one.id);
          break;
        case NodeAction::none:
          break;
      }
    }
  }
  void ticks(int count) {
    for (int i = 0; i < count; ++i) {
      tick();
    }
  }
  [[nodiscard]] std::size_t away() const {
    return static_cast<std::size_t>(
        std::count_if(plan.members().begin(), plan.members().end(),
                      [](const ClusterMember& one) { return one.life.state() != NodeState::up; }));
  }

  ClusterOptions options = {.base_admin_port = 9180};
  ClusterPlan plan{options};
  ClusterPlan::Time now{};
  bool comes_up = true;
  std::vector<std::string> told_to_end;
  std::set<std::string> ending;
};

}  // namespace

TEST_CASE("nodes have ids that never come back, and the lowest admin port that is free") {
  World world(3);
  CHECK(world.member(2).id == "node-3");
  CHECK(world.member(2).admin_port == 9182);
  world.plan.remove(World::node(1), world.now);
  world.ticks(5);
  CHECK(world.plan.members().size() == 2);
  world.plan.add(World::node(1), world.now);
  CHECK(world.member(2).id == "node-4");
  CHECK(world.member(2).admin_port == 9181);
}

TEST_CASE("what cannot be is said") {
  World world(1);
  CHECK_THROWS_WITH_AS(world.plan.add(World::node(0), world.now), "there is a node at 127.0.0.1:8080 already",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(world.plan.remove(World::node(7), world.now), "there is no node at 127.0.0.1:8087",
                       std::invalid_argument);
  world.plan.remove(World::node(0), world.now);
  CHECK_THROWS_AS(world.plan.remove(World::node(0), world.now), std::invalid_argument);
}

TEST_CASE("a restart goes through all nodes in their order, one at a time") {
  World world(3);
  world.ticks(5);
  REQUIRE(world.away() == 0);
  world.plan.restart();
  CHECK(world.plan.left_to_restart() == 3);
  for (int i = 0; i < 100; ++i) {
    world.tick();
    CHECK(world.away() <= 1);
  }
  CHECK(world.told_to_end == std::vector<std::string>{"node-1", "node-2", "node-3"});
  CHECK(world.plan.left_to_restart() == 0);
  for (const ClusterMember& member : world.plan.members()) {
    CHECK(member.life.spawns() == 2);
  }
}

TEST_CASE("a restart goes no further than to a node that does not come up") {
  World world(3);
  world.ticks(5);
  world.comes_up = false;
  world.plan.restart();
  world.ticks(100);
  CHECK(world.told_to_end == std::vector<std::string>{"node-1"});
  CHECK(world.away() == 1);
  CHECK(world.plan.left_to_restart() == 3);
  world.comes_up = true;
  world.ticks(100);
  CHECK(world.plan.left_to_restart() == 0);
}

TEST_CASE("a restart begins with the node that is away, and waits while two are") {
  World world(3);
  world.ticks(5);
  for (const int index : {1, 2}) {
    world.member(index).life.answered(false);
  }
  world.plan.restart();
  world.ticks(10);
  CHECK(world.told_to_end.empty());
  world.member(1).life.answered(true);
  world.ticks(100);
  CHECK(world.told_to_end == std::vector<std::string>{"node-3", "node-1", "node-2"});
}

TEST_CASE("a restart does not end the pauses of a node that cannot be started") {
  World world(1);
  world.plan.step(world.now);
  REQUIRE(world.member(0).life.step(world.now) == NodeAction::spawn);
  world.member(0).life.ended(world.now, 0xffff'ffff);
  world.plan.restart();
  int attempts = 0;
  for (int i = 0; i < 1000; ++i) {
    world.now += 10ms;
    world.plan.step(world.now);
    if (world.member(0).life.step(world.now) == NodeAction::spawn) {
      world.member(0).life.ended(world.now, 0xffff'ffff);
      ++attempts;
    }
  }
  CHECK(attempts <= 7);  // of ten seconds: at once, and after 0.2, 0.4, 0.8, ... seconds
  CHECK(attempts >= 4);
}

TEST_CASE("whatever dies meanwhile, a restart takes no node away while another one is") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    World world(4);
    world.ticks(5);
    world.plan.restart();
    for (int i = 0; i < 400; ++i) {
      const std::size_t told = world.told_to_end.size();
      std::size_t away = world.away();
      world.tick();
      if (world.told_to_end.size() > told) {
        const auto itself = std::find_if(world.plan.members().begin(), world.plan.members().end(),
                                         [&](const auto& one) { return one.id == world.told_to_end.back(); });
        CHECK(world.told_to_end.size() == told + 1);
        CHECK(world.away() == 1);
        CHECK(itself->life.state() == NodeState::draining);
        CHECK(away <= 1);
      }
      ClusterMember& victim = world.member(static_cast<int>(random() % 4));
      if (random() % 20 == 0 && victim.life.state() == NodeState::up) {
        victim.life.ended(world.now, static_cast<std::uint32_t>(random()));
      }
    }
    world.ticks(1000);
    CHECK(world.plan.left_to_restart() == 0);
    CHECK(world.away() == 0);
  }
}

TEST_CASE("a plan is over when it was stopped and all have gone") {
  World world(3);
  world.ticks(5);
  CHECK_FALSE(world.plan.over());
  world.plan.stop(world.now);
  CHECK_THROWS_AS(world.plan.add(World::node(9), world.now), std::invalid_argument);
  world.ticks(1);
  CHECK(world.told_to_end.size() == 3);
  world.ticks(3);
  CHECK(world.plan.over());

  World unborn(2);
  unborn.plan.stop(unborn.now);
  unborn.tick();
  CHECK(unborn.plan.over());
}
