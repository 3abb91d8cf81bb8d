#include "core/redis/redis_scripts.h"

#include <doctest/doctest.h>

#include "core/redis/redis_keys.h"
#include "core/redis/redis_replies.h"
#include "test/core/redis/redis_client.h"

using namespace sentix;
using core::RedisReply;
using test::no_redis;

namespace {

// One channel of one Redis, to which scripts are said as a node says them.
class Scripts {
 public:
  explicit Scripts(channels::ChannelOptions options) : client_(test::url_of(redis_)) {
    rule.options = std::make_shared<const channels::ChannelOptions>(options);
    rule.exists = true;
    REQUIRE(client_.until(core::RedisConnection::State::ready));
  }

  RedisReply run(const core::RedisScript& script, const std::vector<std::string>& own) {
    std::vector<std::string> words = keys_.of_channel("a");
    words.insert(words.begin(), {"EVAL", script.text, std::to_string(words.size())});
    words.push_back(of_run);
    for (const auto& more : {keys_.arguments("a", rule), own}) {
      words.insert(words.end(), more.begin(), more.end());
    }
    const std::vector<std::string_view> command(words.begin(), words.end());
    std::optional<RedisReply> answer;
    REQUIRE(client_->send(std::span(command),
                          [&answer](const RedisReply* reply) { answer = reply != nullptr ? *reply : RedisReply(); }));
    REQUIRE(client_.until([&answer] { return answer.has_value(); }));
    CHECK(answer->text == "");  // of an error
    return *answer;
  }

  core::RedisStored publish(std::initializer_list<std::string> data, const std::string& key = {}) {
    std::vector<std::string> own;
    for (const std::string& one : data) {
      own.insert(own.end(), {one, "", key});
    }
    const auto stored = core::read_stored(run(core::redis_scripts().publish, own), data.size());
    REQUIRE(stored);
    return *stored;
  }
  channels::Position confirm(const std::string& epoch, std::uint64_t upto, const std::string& run_of) {
    const auto safe = core::read_confirmed(run(core::redis_scripts().confirm, {epoch, std::to_string(upto), run_of}));
    REQUIRE(safe);
    return *safe;
  }
  // By a node that has it all up to `had`, for a client that comes back with `since`.
  core::RedisJoined join(const channels::Position& had, const channels::Position& since = {}) {
    const auto joined = core::read_joined(
        run(core::redis_scripts().join, {"1", since.epoch, std::to_string(since.offset), had.epoch,
                                         std::to_string(had.offset), "p", "0", "0", "0", "", "", "0", ""}));
    REQUIRE(joined);
    return *joined;
  }
  core::RedisRead read(const channels::Position& since = {}) {
    const auto read = core::read_history(
        run(core::redis_scripts().read, {"1", "100", since.epoch, std::to_string(since.offset), "0"}));
    REQUIRE(read);
    return *read;
  }

  channels::ChannelRules::Rule rule;
  std::string of_run = std::string(40, '1');

 private:
  const test::RedisServer redis_;
  test::RedisClient client_;
  core::RedisKeys keys_{"t:"};
};

std::string data_of(const std::vector<core::RedisFollower::Entry>& entries) {
  std::string all;
  for (const auto& entry : entries) {
    all += entry.data + " ";
  }
  return all;
}

constexpr channels::ChannelOptions kSynced{.persistent = true, .durability = channels::Durability::synced};

}  // namespace

TEST_CASE("what a synced channel has stored is seen by no reader until it is confirmed") {
  if (no_redis()) {
    return;
  }
  Scripts scripts(kSynced);
  const auto stored = scripts.publish({"1", "2", "3"});
  CHECK(stored.offsets == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(stored.safe == 0);
  const channels::Position begin{stored.epoch, 0};
  CHECK(scripts.read().entries.empty());
  CHECK(scripts.read().top == begin);
  CHECK(scripts.read().stored == 3);
  CHECK(scripts.join({}).stream.top == begin);
  CHECK(scripts.join(begin, begin).stream.entries.empty());
  CHECK(scripts.join({}).stored == 3);

  CHECK(scripts.confirm(stored.epoch, 2, std::string(40, '2')).offset == 0);  // proven of another Redis
  CHECK(scripts.confirm("other", 2, scripts.of_run).offset == 0);
  CHECK(scripts.confirm(stored.epoch, 4, scripts.of_run).offset == 0);  // of which nobody knows
  CHECK(scripts.confirm(stored.epoch, 2, scripts.of_run).offset == 2);
  CHECK(data_of(scripts.read().entries) == "1 2 ");
  CHECK(data_of(scripts.read(begin).entries) == "1 2 ");
  const auto joined = scripts.join(begin, begin);
  CHECK(joined.recovered);
  CHECK(data_of(joined.stream.entries) == "1 2 ");
  CHECK(scripts.confirm(stored.epoch, 1, scripts.of_run).offset == 2);  // late, and known already
  CHECK(scripts.confirm(stored.epoch, 3, scripts.of_run).offset == 3);
  CHECK(data_of(scripts.read().entries) == "1 2 3 ");
  CHECK(scripts.publish({"4"}).safe == 3);
}

TEST_CASE("a key finds what is stored, whether it is confirmed or not") {
  if (no_redis()) {
    return;
  }
  Scripts scripts(kSynced);
  const auto first = scripts.publish({"1"}, "k");
  const auto again = scripts.publish({"1"}, "k");
  CHECK(again.offsets == first.offsets);
  CHECK(again.safe == 0);
  CHECK(scripts.confirm(first.epoch, 1, scripts.of_run).offset == 1);
  CHECK(scripts.publish({"1"}, "k").safe == 1);
  CHECK(scripts.read().top.offset == 1);
}

TEST_CASE("what is not confirmed is not trimmed, and there is a limit to it") {
  if (no_redis()) {
    return;
  }
  Scripts scripts({.persistent = true, .history_size = 2, .durability = channels::Durability::synced});
  std::string epoch;
  for (std::uint64_t i = 1; i <= 1024; ++i) {
    const auto stored = scripts.publish({std::to_string(i)}, "k" + std::to_string(i));
    epoch = stored.epoch;
    CHECK(stored.offsets.at(0) == i);
  }
  CHECK(scripts.publish({"too many"}).offsets.at(0) == 0);
  CHECK(scripts.publish({"7"}, "k7").offsets.at(0) == 7);
  CHECK(scripts.join({epoch, 0}).stored == 1024);
  CHECK(scripts.confirm(epoch, 1024, scripts.of_run).offset == 1024);
  CHECK(data_of(scripts.read().entries) == "1023 1024 ");
  CHECK(scripts.publish({"1025"}).offsets.at(0) == 1025);
}

TEST_CASE("another master of a synced channel inherits it in a new epoch, and nodes go on where they were") {
  if (no_redis()) {
    return;
  }
  Scripts scripts(kSynced);
  const std::string first = scripts.publish({"1", "2", "3"}, "").epoch;
  scripts.confirm(first, 2, scripts.of_run);
  scripts.of_run = std::string(40, '2');
  const auto joined = scripts.join({first, 2});
  const std::string second = joined.stream.top.epoch;
  CHECK(second != first);
  CHECK(joined.stream.top.offset == 3);
  CHECK(joined.stream.from == 2);
  CHECK(data_of(joined.stream.entries) == "3 ");
  CHECK_FALSE(scripts.join({}, {first, 2}).recovered);
  CHECK(data_of(scripts.read().entries) == "1 2 3 ");

  // What it has lost of a node's, it cannot give; what came later it can.
  const auto stored = scripts.publish({"4"});
  CHECK(stored.offsets.at(0) == 4);
  CHECK(stored.safe == 0);
  scripts.confirm(second, 4, scripts.of_run);
  CHECK(scripts.join({first, 9}).stream.from == 3);
  CHECK(data_of(scripts.join({first, 9}).stream.entries) == "4 ");
  CHECK(scripts.join({"unknown", 1}).stream.from == 3);

  // A third one knows both, and how far the first one reached into it.
  scripts.of_run = std::string(40, '3');
  CHECK(scripts.join({first, 1}).stream.from == 1);
  CHECK(scripts.join({first, 9}).stream.from == 3);
  CHECK(scripts.join({second, 4}).stream.from == 4);
  CHECK(data_of(scripts.read().entries) == "1 2 3 4 ");
}

TEST_CASE("a channel that becomes synced, or is so no more, keeps what readers see") {
  if (no_redis()) {
    return;
  }
  Scripts scripts({.persistent = true});
  const auto memory = scripts.rule.options;
  const auto stored = scripts.publish({"1"});
  CHECK(stored.safe == 1);
  scripts.rule.options = std::make_shared<const channels::ChannelOptions>(kSynced);
  CHECK(scripts.read().top == channels::Position{stored.epoch, 1});
  CHECK(scripts.publish({"2"}).safe == 0);
  CHECK(data_of(scripts.read().entries) == "1 ");
  scripts.rule.options = memory;
  CHECK(data_of(scripts.read().entries) == "1 2 ");
  scripts.of_run = std::string(40, '2');
  CHECK(scripts.read().entries.empty());
}
