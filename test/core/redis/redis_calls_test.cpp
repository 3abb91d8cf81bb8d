#include "core/redis/redis_calls.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/redis_options.h"
#include "test/core/redis/fake_cluster.h"

using namespace sentix;
using core::RedisCalls;
using core::RedisReply;
using test::RedisWords;

namespace {

constexpr const char* kTryAgain = "-TRYAGAIN not now\r\n";

struct World : test::FakeCluster {
  std::vector<std::string> answers;  // KEY:TEXT in their order; KEY:lost

  bool send(const std::string& word) {
    return calls->send("key", {"SET", "key", word}, [this, word](const RedisReply* reply) {
      answers.push_back(word + ':' + (reply != nullptr ? reply->text : "lost"));
    });
  }
  bool send_some() { return send("a") && send("b") && send("c"); }
  bool all_answered() {
    return until([this] { return calls->unanswered() == 0; });
  }
};

RedisWords set(const std::string& word) {
  return {"SET", "key", word};
}

const std::vector<std::string> kAllOk{"a:OK", "b:OK", "c:OK"};
const std::vector<RedisWords> kInOrder{set("a"), set("b"), set("c")};

}  // namespace

TEST_CASE("commands of a slot that has moved are carried out once, in their order, by the master that has it now") {
  World world;
  world.one->handler = [&](const RedisWords&) {
    world.one->owner = world.two->owner = world.two->port();
    world.one->epoch = world.two->epoch = 2;
    return "-MOVED " + std::to_string(core::redis_slot("key")) + ' ' + world.two->name() + "\r\n";
  };
  REQUIRE(world.send_some());
  CHECK(world.calls->busy("key"));
  REQUIRE(world.all_answered());
  CHECK(world.answers == kAllOk);
  CHECK(world.one->carried_out.empty());
  CHECK(world.two->carried_out == kInOrder);
  CHECK(world.until([&] { return !world.calls->busy("key"); }));
}

TEST_CASE("who is asked for once is asked behind ASKING, each command in its turn") {
  World world;
  world.one->handler = [&](const RedisWords&) {
    return "-ASK " + std::to_string(core::redis_slot("key")) + ' ' + world.two->name() + "\r\n";
  };
  REQUIRE(world.send_some());
  REQUIRE(world.all_answered());
  CHECK(world.answers == kAllOk);
  CHECK(world.two->carried_out ==
        std::vector<RedisWords>{{"ASKING"}, set("a"), {"ASKING"}, set("b"), {"ASKING"}, set("c")});
}

TEST_CASE("while a slot is on its way its commands wait, and none overtakes another") {
  World world;
  int refusals = 0;
  world.one->handler = [&](const RedisWords& command) -> std::optional<std::string> {
    // Of the first three all come back; then none but the oldest is tried, which comes back twice more.
    return command[2] == "a" && ++refusals <= 3 ? kTryAgain : refusals < 2 ? kTryAgain : "+OK\r\n";
  };
  REQUIRE(world.send_some());
  REQUIRE(world.until([&] { return refusals > 0; }));
  REQUIRE(world.send("d"));
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a:OK", "b:OK", "c:OK", "d:OK"});
  CHECK(world.one->carried_out == std::vector<RedisWords>{set("a"), set("b"), set("c"), set("d")});
}

TEST_CASE("what nobody carries out for three seconds is given back as refused") {
  World world;
  world.one->handler = [](const RedisWords&) { return kTryAgain; };
  const std::uint64_t begin = uv_now(&world.loop);
  REQUIRE(world.send_some());
  REQUIRE(world.all_answered());
  CHECK(uv_now(&world.loop) >= begin + static_cast<std::uint64_t>(core::kRedisTimeout.count()));
  CHECK(world.answers == std::vector<std::string>{"a:TRYAGAIN not now", "b:TRYAGAIN not now", "c:TRYAGAIN not now"});
  CHECK(RedisCalls::is_redirection({.type = RedisReply::Type::error, .text = "TRYAGAIN not now"}));
  CHECK_FALSE(RedisCalls::is_redirection({.type = RedisReply::Type::error, .text = "OOM no memory"}));
  world.one->handler = [](const RedisWords&) { return "+OK\r\n"; };
  REQUIRE(world.send("d"));
  REQUIRE(world.all_answered());
  CHECK(world.answers.back() == "d:OK");
}

TEST_CASE("of commands that wait for one slot there are so many, and no more") {
  constexpr std::size_t kWaitingMax = 100'000;
  World world;
  bool refuses = true;
  int refusals = 0;
  world.one->handler = [&](const RedisWords&) {
    refusals += refuses ? 1 : 0;
    return refuses ? kTryAgain : "+OK\r\n";
  };
  REQUIRE(world.send("first"));
  REQUIRE(world.until([&] { return refusals > 1; }));  // so it has come back once
  std::size_t taken = 0;
  std::size_t answered = 0;
  while (taken <= kWaitingMax && world.calls->send("key", set("x"), [&](const RedisReply*) { ++answered; })) {
    ++taken;
  }
  CHECK(taken >= kWaitingMax - 1);  // the first one is under way, or waits with them
  CHECK(taken <= kWaitingMax);
  refuses = false;
  REQUIRE(world.all_answered());
  CHECK(answered == taken);
}

TEST_CASE("a command whose connection is lost is not sent again") {
  World world;
  std::size_t seen = 0;
  world.one->handler = [&](const RedisWords&) -> std::optional<std::string> {
    ++seen;
    return std::nullopt;
  };
  REQUIRE(world.send_some());
  REQUIRE(world.until([&] { return seen == 1; }));
  world.one->hang_up();
  REQUIRE(world.all_answered());
  CHECK(world.answers == std::vector<std::string>{"a:lost", "b:lost", "c:lost"});
  CHECK_FALSE(world.send("d"));  // until it is back
  world.one->handler = [](const RedisWords&) { return "+OK\r\n"; };
  REQUIRE(world.until([&] { return world.has_commands(*world.one); }));
  REQUIRE(world.send("e"));
  REQUIRE(world.all_answered());
  CHECK(world.one->carried_out == std::vector<RedisWords>{set("e")});
}
