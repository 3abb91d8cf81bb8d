#include "channels/durable_log.h"

#include <doctest/doctest.h>

#include <memory>
#include <new>

#include "test/channels/fake_storage.h"
#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;
using test::FakeStorage;
using test::ListInbox;
using test::Texts;

constexpr Time kStart = Time() + 1000h;
constexpr Storage::Attempt kOtherLife{999, 1};

using Outcome = Broker::Published::Outcome;

// Notes what it is told.
class Asker final : public Broker::Author {
 public:
  [[nodiscard]] Broker::Answer answer_later() const override {
    return [answers = answers_](const Broker::Published& published) { answers->push_back(published); };
  }
  [[nodiscard]] const std::vector<Broker::Published>& answers() const { return *answers_; }

  // "ok 1", "not stored", "ok": in order.
  [[nodiscard]] Texts told() const {
    Texts texts;
    for (const Broker::Published& published : *answers_) {
      const std::string outcome = published.outcome == Outcome::ok ? "ok" : "not stored";
      texts.push_back(outcome + (published.position ? " " + std::to_string(published.position->offset) : ""));
    }
    return texts;
  }

 private:
  std::shared_ptr<std::vector<Broker::Published>> answers_ = std::make_shared<std::vector<Broker::Published>>();
};

// A broker with a storage that works when it is told to, and one rule for all of its channels.
struct Fixture {
  FakeStorage storage;
  MemoryBroker broker{100, MemoryBroker::kHistoryBytesMaxDefault, &storage};
  ChannelRules::Rule rule;
  ListInbox inbox;
  Asker asker;
  Time now = kStart;

  explicit Fixture(ChannelOptions options = {.persistent = true, .durability = Durability::written})
      : rule{std::make_shared<const ChannelOptions>(options), false} {}

  Broker::Published publish(std::string_view data, std::string_view key = {}, std::string_view channel = "a") {
    return broker.publish(
        {.channel = channel, .rule = rule, .data = data, .user = "ann", .key = key, .now = now, .author = &asker});
  }
  Broker::Subscribed subscribe(std::uint64_t session, std::optional<Position> since = {}) {
    const Member member{"ann", {}, 1};
    return broker.subscribe({.channel = "a",
                             .rule = rule,
                             .inbox = inbox,
                             .session = SessionId{session},
                             .member = member,
                             .since = std::move(since),
                             .now = now});
  }
  // The data of what has reached the subscribers since the last time.
  Texts heard() {
    Texts data;
    for (const ListInbox::Post& post : inbox.take_all()) {
      data.push_back(test::field(test::text_of(std::get<Publication>(post).frame), "data"));
    }
    return data;
  }
  Broker::Read read() { return *broker.history({.channel = "a", .rule = rule, .limit = 100, .now = now}); }
};

TEST_CASE("nobody hears of a publication and nobody is answered before it is stored") {
  Fixture f;
  f.subscribe(1);
  CHECK(f.publish("1").outcome == Outcome::later);
  CHECK(f.publish("2").outcome == Outcome::later);
  CHECK(f.heard().empty());
  CHECK(f.asker.answers().empty());
  CHECK(f.read().top.offset == 0);
  f.storage.work_one(f.broker);
  CHECK(f.heard() == Texts{"1"});
  CHECK(f.asker.told() == Texts{"ok 1"});
  CHECK(f.read().top.offset == 1);
  CHECK(f.read().entries.size() == 1);
  f.storage.work_one(f.broker);
  CHECK(f.heard() == Texts{"2"});
  CHECK(f.asker.told() == Texts{"ok 1", "ok 2"});
}

TEST_CASE("what is handed to the storage is what the publisher gave, and its place") {
  Fixture f({.persistent = true, .durability = Durability::synced});
  f.publish(R"({ "x" : 1.0, "x":2 })", "k");
  REQUIRE(f.storage.waiting.size() == 1);
  const Storage::Append& append = f.storage.waiting[0];
  CHECK(append.channel == "a");
  CHECK(append.position == Position{f.read().top.epoch, 1});
  CHECK(append.at == f.now);
  CHECK(append.key == "3:annk");
  CHECK(append.message.data_json() == R"({ "x" : 1.0, "x":2 })");
  CHECK(append.message.user_json() == R"("ann")");
  CHECK(append.synced);
}

TEST_CASE("who subscribes meanwhile sees no gap and no duplicate") {
  Fixture f;
  f.publish("1");
  f.storage.work(f.broker);
  f.publish("2");
  const auto subscribed = f.subscribe(1, Position{f.read().top.epoch, 0});
  CHECK(subscribed.top->offset == 1);
  CHECK(subscribed.missed.size() == 1);
  f.storage.work(f.broker);
  CHECK(f.heard() == Texts{"2"});
}

TEST_CASE("whichever append fails, its publishers and those behind it are told so, and its offset is given again") {
  constexpr std::size_t kPublications = 6;
  for (std::size_t failing = 0; failing < kPublications; ++failing) {
    CAPTURE(failing);
    Fixture f;
    f.subscribe(1);
    for (std::size_t i = 0; i < kPublications; ++i) f.publish(std::to_string(i));
    for (std::size_t i = 0; i < kPublications; ++i) f.storage.work_one(f.broker, i == failing);
    Texts told;
    Texts heard;
    for (std::size_t i = 0; i < kPublications; ++i) {
      told.push_back(i < failing ? "ok " + std::to_string(i + 1) : "not stored");
      if (i < failing) heard.push_back(std::to_string(i));
    }
    CHECK(f.asker.told() == told);
    CHECK(f.heard() == heard);
    CHECK(f.read().top.offset == failing);

    f.publish("77");
    f.storage.work(f.broker);
    CHECK(f.asker.told().back() == "ok " + std::to_string(failing + 1));
    CHECK(f.heard() == Texts{"77"});
  }
}

TEST_CASE("what was handed over before the failure was known does not come in between") {
  Fixture f;
  f.publish("1");
  f.publish("2");
  f.storage.work_one(f.broker, true);  // both publishers are told
  f.publish("3");                      // behind the second, which still waits there
  f.storage.work(f.broker);
  CHECK(f.asker.told() == Texts{"not stored", "not stored", "ok 1"});
  REQUIRE(f.storage.stored.size() == 1);
  CHECK(f.storage.stored[0].message.data_json() == "3");
}

TEST_CASE("a repeated key waits for the one that is being stored, and is answered with its offset") {
  Fixture f;
  f.publish("1", "k");
  f.publish("2");
  CHECK(f.publish("1", "k").outcome == Outcome::later);
  CHECK(f.publish("9", "k").outcome == Outcome::later);  // another publication: it has other data
  CHECK(f.storage.waiting.size() == 3);
  f.storage.work(f.broker);
  CHECK(f.asker.told() == Texts{"ok 1", "ok 2", "ok 1", "ok 3"});
}

TEST_CASE("a repeated key of what is stored is answered with its offset, by the way of all answers") {
  Fixture f;
  f.publish("1", "k");
  f.storage.work(f.broker);
  CHECK(f.publish("1", "k").outcome == Outcome::later);
  CHECK(f.asker.told() == Texts{"ok 1", "ok 1"});
  const auto nobodys = f.broker.publish(
      {.channel = "a", .rule = f.rule, .data = "1", .user = "ann", .key = "k", .now = f.now, .author = nullptr});
  CHECK(nobodys.outcome == Outcome::ok);
  CHECK(nobodys.position->offset == 1);
}

TEST_CASE("answers come in the order of the publications, also of those that have nothing to wait for") {
  Fixture f;
  CHECK_FALSE(f.broker.wait_turn("a", f.asker));
  f.publish("1", "k");
  f.storage.work(f.broker);
  CHECK(f.broker.wait_turn("a", f.asker));  // the answer to the first one may still be on its way
  f.publish("2");
  CHECK(f.publish("1", "k").outcome == Outcome::later);
  CHECK(f.broker.wait_turn("a", f.asker));
  SUBCASE("the storage works") {
    f.storage.work(f.broker);
    CHECK(f.asker.told() == Texts{"ok 1", "ok", "ok 2", "ok 1", "ok"});
  }
  SUBCASE("the storage fails, and only what it was to store is lost") {
    f.storage.work_one(f.broker, true);
    CHECK(f.asker.told() == Texts{"ok 1", "ok", "not stored", "ok 1", "ok"});
  }
}

TEST_CASE("a repetition of what could not be stored is not stored either, and the next one is") {
  Fixture f;
  f.publish("1", "k");
  f.publish("1", "k");
  f.storage.work_one(f.broker, true);
  CHECK(f.asker.told() == Texts{"not stored", "not stored"});
  f.publish("1", "k");
  f.storage.work(f.broker);
  CHECK(f.asker.told().back() == "ok 1");
}

TEST_CASE("without memory to hand a publication over nothing has happened") {
  Fixture f;
  f.publish("1", "k");
  f.storage.no_memory = true;
  CHECK_THROWS_AS(f.publish("2", "l"), std::bad_alloc);
  f.storage.no_memory = false;
  f.publish("2", "l");
  f.storage.work(f.broker);
  CHECK(f.asker.told() == Texts{"ok 1", "ok 2"});
}

TEST_CASE("what is told of another life or an earlier attempt is nobody's") {
  Fixture f;
  f.publish("1");
  f.broker.stored("a", kOtherLife, 1);
  f.broker.not_stored("a", kOtherLife);
  f.broker.stored("nowhere", kOtherLife, 1);
  f.broker.not_stored("nowhere", kOtherLife);
  CHECK(f.asker.answers().empty());
  const Storage::Attempt first = f.storage.waiting[0].attempt;
  f.broker.not_stored("a", first);
  f.publish("2");
  f.broker.stored("a", first, 5);
  f.broker.not_stored("a", first);
  CHECK(f.asker.told() == Texts{"not stored"});
}

TEST_CASE("a full storage slows its publishers down, and those of other channels not") {
  Fixture f;
  f.storage.is_congested = true;
  CHECK(f.publish("1").congested);
  const ChannelRules::Rule memory{std::make_shared<const ChannelOptions>(ChannelOptions{.persistent = true}), false};
  const auto other = f.broker.publish({.channel = "b", .rule = memory, .data = "1", .now = f.now});
  CHECK(other.outcome == Outcome::ok);
  CHECK_FALSE(other.congested);
}

TEST_CASE("the storage hears of what the history lets go of, and of channels that go, but not while something waits") {
  Fixture f({.persistent = true, .history_size = 2, .history_ttl = 10s, .durability = Durability::written});
  for (const char* data : {"1", "2", "3"}) f.publish(data);
  f.storage.work(f.broker);
  f.broker.expire(f.now);
  f.broker.expire(f.now);
  CHECK(f.storage.trimmed == std::vector<std::pair<std::string, std::uint64_t>>{{"a", 2}});
  f.now += 10s;
  f.publish("4");
  f.now += 10s;
  f.broker.expire(f.now);
  CHECK(f.storage.trimmed.back() == std::pair<std::string, std::uint64_t>{"a", 4});
  CHECK(f.storage.forgotten.empty());
  CHECK(f.broker.has("a"));
  f.storage.work(f.broker);
  CHECK(f.asker.told().back() == "ok 4");
  f.broker.expire(f.now);
  CHECK(f.storage.forgotten == Texts{"a"});
  CHECK_FALSE(f.broker.has("a"));
}

TEST_CASE("a restored channel goes on where it was: offsets, epoch, keys, and what each publication was") {
  Fixture before;
  before.publish("[1, 2]", "k");
  before.publish("2");
  before.storage.work(before.broker);
  const auto old = before.read();

  Fixture f;
  f.now += 1min;
  CHECK(f.broker.restore(before.storage.channel("a"), f.rule, f.now) == MemoryBroker::Restored::durable);
  const auto now = f.read();
  CHECK(now.top == old.top);
  REQUIRE(now.entries.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(test::text_of(now.entries[i].message.frame) == test::text_of(old.entries[i].message.frame));
  }
  f.publish("[1, 2]", "k");
  CHECK(f.subscribe(1, Position{old.top.epoch, 1}).missed.size() == 1);
  f.storage.stored = before.storage.stored;
  f.publish("3");
  f.storage.work(f.broker);
  CHECK(f.asker.told() == Texts{"ok 1", "ok 3"});
}

TEST_CASE("a restored channel remembers its top when all of it has been let go of") {
  Fixture f;
  f.broker.restore({"a", {"epoch", 41}, {}}, f.rule, f.now);
  CHECK(f.read().top == Position{"epoch", 41});
  f.publish("42");
  CHECK(f.storage.waiting.at(0).position == Position{"epoch", 42});
}

TEST_CASE("what has outlived its time is not restored, and what lies in the future is of now") {
  Fixture f({.persistent = true, .history_ttl = 10s, .durability = Durability::written});
  StoredChannel stored{"a", {"epoch", 3}, {}};
  for (const Time time : {f.now - 11s, f.now - 9s, f.now + 1h}) {
    const std::uint64_t offset = stored.publications.size() + 1;
    stored.publications.push_back({offset, time, {}, {}, std::to_string(offset)});
  }
  f.broker.restore(stored, f.rule, f.now);
  CHECK(f.read().entries.size() == 2);
  f.broker.expire(f.now);
  CHECK(f.storage.trimmed == std::vector<std::pair<std::string, std::uint64_t>>{{"a", 2}});
  f.now += 10s;
  CHECK(f.read().entries.empty());
}

TEST_CASE("a channel of durability memory is stored by an orderly stop alone, and restored from it") {
  Fixture f({.persistent = true});
  CHECK(f.publish("1", "k").position->offset == 1);
  CHECK(f.publish("2").position->offset == 2);
  CHECK(f.storage.waiting.empty());
  std::vector<StoredChannel> rest;
  f.broker.store_rest(f.now, [&](StoredChannel channel) { rest.push_back(std::move(channel)); });
  REQUIRE(rest.size() == 1);

  Fixture next({.persistent = true});
  CHECK(next.broker.restore(rest[0], next.rule, next.now) == MemoryBroker::Restored::memory);
  CHECK(next.read().top == f.read().top);
  CHECK(next.publish("1", "k").position->offset == 1);
  CHECK(next.publish("3").position->offset == 3);
}

TEST_CASE("an orderly stop stores neither durable channels again nor those that do not last") {
  for (const ChannelOptions& options : {ChannelOptions{.persistent = true, .durability = Durability::written},
                                        ChannelOptions{.history_size = 10}, ChannelOptions{}}) {
    Fixture f(options);
    f.subscribe(1);
    f.publish("1");
    f.storage.work(f.broker);
    f.broker.store_rest(f.now, [](const StoredChannel&) { FAIL("stored"); });
  }
}

TEST_CASE("what no rule keeps is left alone") {
  Fixture f({.history_size = 10});
  CHECK(f.broker.restore({"a", {"epoch", 1}, {}}, f.rule, f.now) == MemoryBroker::Restored::unknown);
  CHECK_FALSE(f.broker.has("a"));
}

TEST_CASE("a client is answered when its publication is stored, with an error where it was not") {
  FakeStorage storage;
  test::World world;
  MemoryBroker broker(100, MemoryBroker::kHistoryBytesMaxDefault, &storage);
  world.rules.define("a", {.persistent = true, .publish = PublishRight::anyone, .durability = Durability::written});
  test::Worker worker(world, broker);
  test::Client client(worker);
  CHECK(client.ask(R"({"type":"publish","id":1,"channel":"a","data":1})").empty());
  CHECK(client.answer(R"({"type":"ping","id":2})") == R"({"type":"pong","id":2})");
  storage.work(broker);
  CHECK(client.take() == Texts{R"({"type":"published","id":1,"channel":"a","offset":1})"});
  client.send(R"({"type":"publish","id":"x","channel":"a","data":1})");
  client.send(R"({"type":"publish","channel":"a","data":1})");
  storage.work_one(broker, true);
  const Texts errors = client.take();
  REQUIRE(errors.size() == 2);
  CHECK(test::field(errors[0], "id") == "x");
  CHECK(test::field(errors[0], "code") == "internal");
  CHECK(test::field(errors[1], "code") == "internal");
  client.send(R"({"type":"publish","channel":"a","data":1})");
  storage.work(broker);
  CHECK(client.take().empty());
  storage.is_congested = true;
  client.send(R"({"type":"publish","channel":"a","data":1})");
  CHECK(client.peer.held_back == 1);
}

TEST_CASE("what a handler drops is answered in its turn") {
  FakeStorage storage;
  test::World world;
  MemoryBroker broker(100, MemoryBroker::kHistoryBytesMaxDefault, &storage);
  world.rules.define("a", {.persistent = true, .publish = PublishRight::anyone, .durability = Durability::written});
  world.handlers.on("message.received",
                    [](const Event& event) { return event.data == "0" ? Verdict::drop : Verdict::pass; });
  test::Worker worker(world, broker);
  test::Client client(worker);
  CHECK(client.answer(R"({"type":"publish","id":1,"channel":"a","data":0})") ==
        R"({"type":"published","id":1,"channel":"a"})");
  client.send(R"({"type":"publish","id":2,"channel":"a","data":1})");
  CHECK(client.ask(R"({"type":"publish","id":3,"channel":"a","data":0})").empty());
  storage.work(broker);
  CHECK(client.take() == Texts{R"({"type":"published","id":2,"channel":"a","offset":1})",
                               R"({"type":"published","id":3,"channel":"a"})"});
}

}  // namespace
}  // namespace sentix::channels
