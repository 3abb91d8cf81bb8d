#include "core/redis/redis_confirmer.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "channels/channel_options.h"
#include "core/redis/redis_complaints.h"
#include "core/redis/redis_keys.h"
#include "core/redis_options.h"
#include "test/core/redis/fake_cluster.h"

using namespace sentix;
using core::RedisConfirmer;
using test::RedisWords;
using Published = channels::Broker::Published;
using Outcome = Published::Outcome;

namespace {

constexpr const char* kEpoch = "one";

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::unsafe:
      return "unsafe";
    case Outcome::unknown:
      return "unknown";
    default:
      return "another";
  }
}

// A Redis that has what is stored, with replicas that have as much of it as a test says.
struct World : test::FakeCluster {
  std::uint64_t replicas = 2;          // as WAIT says
  bool waits = true;                   // or WAIT is never answered
  std::string epoch = kEpoch;          // as scripts find it
  std::vector<RedisWords> rounds;      // the WAITs
  std::vector<std::string> confirmed;  // CHANNEL:OFFSET that scripts were asked for
  std::vector<std::string> answers;    // NAME:OUTCOME, in their order
  std::vector<std::string> log;
  std::optional<Published::Copies> copies;  // that the last unsafe one was told
  channels::ChannelRules::Rule rule;

  core::RedisKeys keys{"test:"};
  core::RedisComplaints complaints{core::LogSink([this](const core::LogLine& line) { log.emplace_back(line.text); })};
  RedisConfirmer confirmer{
      loop, *shards,    *calls,
      keys, complaints, {.url = "", .node_id = "", .sync_replicas = 2, .sync_timeout = std::chrono::milliseconds(100)}};

  World() {
    channels::ChannelOptions options;
    options.persistent = true;
    options.durability = channels::Durability::synced;
    rule.options = std::make_shared<const channels::ChannelOptions>(options);
    one->handler = [this](const RedisWords& command) { return answer(command); };
    changed = [this] { confirmer.advance(); };
    at_times = [this] {
      shards->tick();
      confirmer.tick();
    };
  }
  ~World() {
    changed = [] {};  // the confirmer goes before the links do
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::optional<std::string> answer(const RedisWords& command) {
    if (command.front() == "WAIT") {
      rounds.push_back(command);
      return waits ? std::optional(":" + std::to_string(replicas) + "\r\n") : std::nullopt;
    }
    if (command.front() == "EVALSHA") {  // ... EPOCH OFFSET RUN at the end, and the channel's keys at the beginning
      const std::string channel(keys.name_of(command.at(3).substr(0, command.at(3).size() - 1)));
      CHECK(command.back() == std::string(40, 'a'));
      confirmed.push_back(channel + ':' + *(command.end() - 2));
      const std::string top = epoch == *(command.end() - 3) ? *(command.end() - 2) : "0";
      return "*2\r\n" + test::resp(epoch) + test::resp(top);
    }
    return "+OK\r\n";
  }

  void confirm(const std::string& channel, std::uint64_t offset, std::uint64_t safe = 0) {
    confirmer.confirm(channel, rule, {kEpoch, offset}, safe, told(channel + std::to_string(offset)));
  }
  RedisConfirmer::Then told(std::string name) {
    return [this, name](const Published& published) {
      answers.push_back(name + ':' + name_of(published.outcome));
      if (published.outcome == Outcome::unsafe) {
        copies = published.copies;
      }
    };
  }
  bool all_answered() {
    return until([this] { return confirmer.unanswered() == 0; });
  }
};

}  // namespace

TEST_CASE("a publication is confirmed when as many replicas as are wanted have it") {
  World world;
  world.confirm("a", 1);
  CHECK(world.answers.empty());
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a1:ok"});
  CHECK(world.rounds == std::vector<RedisWords>{{"WAIT", "2", "100"}});
  CHECK(world.confirmed == std::vector<std::string>{"a:1"});
}

TEST_CASE("one round is for all channels, and for all that has come while the one before was under way") {
  World world;
  world.confirm("a", 1);
  REQUIRE(world.all_answered());
  world.rounds.clear();
  world.confirmed.clear();
  for (std::uint64_t offset = 2; offset <= 50; ++offset) {
    world.confirm("a", offset);
    world.confirm("b", offset);
  }
  REQUIRE(world.all_answered());
  CHECK(world.rounds.size() == 2);  // for the first one, and for all others
  CHECK(world.confirmed == std::vector<std::string>{"a:2", "a:50", "b:50"});
  CHECK(world.answers.size() == 1 + 2 * 49);
}

TEST_CASE("with too few replicas its publisher is told how many there are, and it is confirmed once there are enough") {
  World world;
  world.replicas = 1;
  world.confirm("a", 1);
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a1:unsafe"});
  REQUIRE(world.copies);
  CHECK(world.copies->there == 1);
  CHECK(world.copies->wanted == 2);
  CHECK(world.confirmed.empty());
  REQUIRE(world.log.size() == 1);
  CHECK(world.log[0].find("redis_sync_replicas is 2") != std::string::npos);
  CHECK(world.log[0].find("100 ms (redis_sync_timeout)") != std::string::npos);
  world.replicas = 2;
  REQUIRE(world.until([&] { return !world.confirmed.empty(); }));
  CHECK(world.confirmed == std::vector<std::string>{"a:1"});
  CHECK(world.answers.size() == 1);
}

TEST_CASE("what needs no round waits for those of its channel that do") {
  World world;
  world.confirm("a", 2);
  world.confirm("a", 1, 1);  // a retry of one that was confirmed long ago
  world.confirmer.in_turn("a", world.told("turn"));
  world.confirmer.in_turn("b", world.told("elsewhere"));
  CHECK(world.answers == std::vector<std::string>{"elsewhere:ok"});
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"elsewhere:ok", "a2:ok", "a1:ok", "turn:ok"});
  world.confirm("a", 1, 1);
  CHECK(world.answers.back() == "a1:ok");
  CHECK(world.answers.size() == 5);
}

TEST_CASE("of one that was stored in an epoch that has ended nobody knows") {
  World world;
  world.epoch = "two";
  world.confirm("a", 7);
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a7:unknown"});
  CHECK(world.rounds.size() == 1);
}

TEST_CASE("what a reader finds unconfirmed is confirmed, though no publisher waits") {
  World world;
  world.confirmer.found("a", world.rule, {kEpoch, 3}, 3);  // nothing is missing
  world.confirmer.found("b", world.rule, {kEpoch, 3}, 5);
  REQUIRE(world.until([&] { return !world.confirmed.empty(); }));
  CHECK(world.confirmed == std::vector<std::string>{"b:5"});
  CHECK(world.answers.empty());
}

TEST_CASE("a round whose connection is lost is asked for again") {
  World world;
  world.waits = false;
  world.confirm("a", 1);
  REQUIRE(world.until([&] { return world.rounds.size() == 1; }));
  world.waits = true;
  world.one->hang_up();
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a1:ok"});
  CHECK(world.rounds.size() == 2);
}

TEST_CASE("nobody waits for a Redis that does not answer longer than for two rounds and its timeout") {
  World world;
  world.waits = false;
  const std::uint64_t begin = uv_now(&world.loop);
  world.confirm("a", 1);
  world.confirmer.in_turn("a", world.told("turn"));
  REQUIRE(world.all_answered());
  CHECK(uv_now(&world.loop) >= begin + 200 + static_cast<std::uint64_t>(core::kRedisTimeout.count()));
  CHECK(world.answers == std::vector<std::string>{"a1:unknown", "turn:ok"});
}
