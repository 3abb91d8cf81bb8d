#include "channels/memory_broker.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;
using test::field;
using test::ListInbox;
using test::text_of;
using Outcome = Broker::Subscribed::Outcome;

constexpr Time kStart = Time() + 1000h;

ChannelRules::Rule rule_of(const ChannelOptions& options, bool exists = false) {
  return {std::make_shared<const ChannelOptions>(options), exists};
}

std::vector<Publication> publications(ListInbox& inbox) {
  std::vector<Publication> result;
  for (const ListInbox::Post& post : inbox.take_all()) result.push_back(std::get<Publication>(post));
  return result;
}

test::Texts texts(ListInbox& inbox) {
  test::Texts result;
  for (const Publication& publication : publications(inbox)) result.push_back(text_of(publication.frame));
  return result;
}

// A broker and one rule for all of its channels.
struct Fixture {
  MemoryBroker broker;
  ChannelRules::Rule rule;
  Time now = kStart;

  explicit Fixture(const ChannelOptions& options = {}, bool exists = false, std::size_t channels_max = 100,
                   std::size_t history_bytes_max = MemoryBroker::kHistoryBytesMaxDefault)
      : broker(channels_max, history_bytes_max), rule(rule_of(options, exists)) {}

  Broker::Subscribed subscribe(std::string_view channel, Inbox& inbox, std::uint64_t session,
                               std::optional<Position> since = {}, std::string user = {}) {
    const Member member{user.empty() ? to_text(SessionId{session}) : std::move(user), {}, 1};
    return broker.subscribe({.channel = channel,
                             .rule = rule,
                             .inbox = inbox,
                             .session = SessionId{session},
                             .member = member,
                             .since = std::move(since),
                             .now = now});
  }
  void unsubscribe(std::string_view channel, Inbox& inbox, std::uint64_t session) {
    broker.unsubscribe(channel, inbox, SessionId{session}, now);
  }
  Broker::Published publish(std::string_view channel, std::string_view data, std::string_view key = {},
                            std::string_view user = {}) {
    return broker.publish({.channel = channel, .rule = rule, .data = data, .user = user, .key = key, .now = now});
  }
  std::optional<MemberList> members(std::string_view channel) { return broker.members(channel, rule, 1000); }
  std::optional<Broker::Read> read(std::string_view channel, std::size_t limit = 100) {
    return broker.history({.channel = channel, .rule = rule, .limit = limit, .now = now});
  }
};

TEST_CASE("a channel lives from its first subscriber to its last, and its next life is another incarnation") {
  Fixture f;
  ListInbox inbox;
  CHECK(f.broker.channel_count() == 0);
  const auto first = f.subscribe("a", inbox, 1);
  CHECK(first.outcome == Outcome::ok);
  CHECK(first.sequence == 0);
  CHECK_FALSE(first.top);
  CHECK_FALSE(first.members);
  CHECK(f.subscribe("a", inbox, 2).incarnation == first.incarnation);
  CHECK(f.subscribe("b", inbox, 2).incarnation != first.incarnation);
  CHECK(f.broker.channel_count() == 2);
  f.unsubscribe("a", inbox, 1);
  f.unsubscribe("a", inbox, 2);
  CHECK(f.broker.channel_count() == 1);
  CHECK(f.subscribe("a", inbox, 1).incarnation > first.incarnation);
}

TEST_CASE("every interested inbox gets each publication once, in sequence") {
  Fixture f;
  ListInbox one;
  ListInbox two;
  ListInbox none;
  f.subscribe("a", one, 1);
  f.subscribe("a", one, 2);
  f.subscribe("a", two, 3);
  f.subscribe("b", none, 4);
  CHECK_FALSE(f.publish("a", "[1, 2]").position);
  f.publish("a", "2", {}, "jo\"e");
  const auto posts = publications(one);
  REQUIRE(posts.size() == 2);
  CHECK(text_of(posts[0].frame) == R"({"type":"message","channel":"a","data":[1, 2]})");
  CHECK(text_of(posts[1].frame) == R"({"type":"message","channel":"a","user":"jo\"e","data":2})");
  CHECK(posts[0].sequence == 1);
  CHECK(posts[1].sequence == 2);
  CHECK(posts[0].except == SessionId::none);
  CHECK(posts[0].receivers == 2);
  const auto others = publications(two);
  REQUIRE(others.size() == 2);
  CHECK(others[0].receivers == 1);
  CHECK(texts(none).empty());
  f.unsubscribe("a", one, 1);
  f.publish("a", "3");
  CHECK(texts(one).size() == 1);
  f.unsubscribe("a", one, 2);
  f.publish("a", "4");
  CHECK(texts(one).empty());
  CHECK(texts(two).size() == 2);
}

TEST_CASE("a channel is there from its creation until it has gone") {
  Fixture f;
  ListInbox inbox;
  CHECK_FALSE(f.broker.has("a"));
  f.subscribe("a", inbox, 1);
  CHECK(f.broker.has("a"));
  f.unsubscribe("a", inbox, 1);
  CHECK_FALSE(f.broker.has("a"));
}

TEST_CASE("a channel takes max_clients over all inboxes, and one more when one has left") {
  Fixture f({.max_clients = 2});
  ListInbox one;
  ListInbox two;
  CHECK(f.subscribe("a", one, 1).outcome == Outcome::ok);
  CHECK(f.subscribe("a", two, 2).outcome == Outcome::ok);
  CHECK(f.subscribe("a", one, 3).outcome == Outcome::channel_full);
  CHECK(f.subscribe("b", one, 3).outcome == Outcome::ok);
  f.unsubscribe("a", one, 1);
  CHECK(f.subscribe("a", two, 3).outcome == Outcome::ok);
}

TEST_CASE("what may not be created is not found") {
  Fixture f({.persistent = true, .auto_create = false});
  ListInbox inbox;
  CHECK(f.subscribe("a", inbox, 1).outcome == Outcome::not_found);
  CHECK(f.publish("a", "1").outcome == Broker::Published::Outcome::not_found);
  CHECK_FALSE(f.read("a"));
  CHECK(f.broker.channel_count() == 0);
  f.rule.exists = true;
  CHECK(f.subscribe("a", inbox, 1).outcome == Outcome::ok);
}

TEST_CASE("clients cannot invent more channels than channels_max, and configured ones are never refused") {
  Fixture f({.persistent = true}, false, 2);
  ListInbox inbox;
  CHECK(f.broker.channels_max() == 2);
  CHECK(f.subscribe("a", inbox, 1).outcome == Outcome::ok);
  CHECK(f.publish("b", "1").outcome == Broker::Published::Outcome::ok);
  CHECK(f.subscribe("c", inbox, 1).outcome == Outcome::too_many_channels);
  CHECK(f.publish("c", "1").outcome == Broker::Published::Outcome::too_many_channels);
  CHECK(f.subscribe("b", inbox, 1).outcome == Outcome::ok);
  f.broker.set_channels_max(3);
  CHECK(f.subscribe("c", inbox, 1).outcome == Outcome::ok);
  f.rule.exists = true;
  CHECK(f.subscribe("configured", inbox, 1).outcome == Outcome::ok);
  CHECK(f.broker.channel_count() == 4);
}

TEST_CASE("publishing creates only what would keep it") {
  Fixture passing({.history_size = 10});
  CHECK(passing.publish("a", "1").outcome == Broker::Published::Outcome::ok);
  CHECK(passing.broker.channel_count() == 0);
  Fixture keeping({.persistent = true});
  REQUIRE(keeping.publish("a", "1").position);
  CHECK(keeping.publish("a", "2").position->offset == 2);
  CHECK(keeping.broker.channel_count() == 1);
  REQUIRE(keeping.read("a"));
  CHECK(keeping.read("a")->entries.size() == 2);
}

TEST_CASE("a subscriber recovers exactly what it missed, from every position") {
  Fixture f({.persistent = true, .history_size = 5});
  ListInbox inbox;
  const std::string epoch = f.subscribe("a", inbox, 1).top->epoch;
  for (int i = 1; i <= 9; ++i) f.publish("a", std::to_string(i));  // 5 to 9 are kept
  for (std::uint64_t since = 0; since < 12; ++since) {
    CAPTURE(since);
    const auto outcome = f.subscribe("a", inbox, 2, Position{epoch, since});
    REQUIRE(outcome.top);
    CHECK(*outcome.top == Position{epoch, 9});
    CHECK(outcome.sequence == 9);
    CHECK(outcome.recovered == (since >= 4 && since <= 9));
    if (outcome.recovered) REQUIRE(outcome.missed.size() == 9 - since);
    if (!outcome.recovered) CHECK(outcome.missed.empty());
    for (std::size_t i = 0; i < outcome.missed.size(); ++i) {
      CHECK(outcome.missed[i].offset == since + 1 + i);
      CHECK(outcome.missed[i].message.data_json() == std::to_string(since + 1 + i));
    }
    f.unsubscribe("a", inbox, 2);
  }
  CHECK_FALSE(f.subscribe("a", inbox, 2, Position{"another", 9}).recovered);
}

TEST_CASE("what has outlived history_ttl cannot be recovered, whether or not expire() has run") {
  Fixture f({.persistent = true, .history_ttl = 10s});
  ListInbox inbox;
  const std::string epoch = f.subscribe("a", inbox, 1).top->epoch;
  f.publish("a", "1");
  f.now += 10s;
  f.publish("a", "2");
  CHECK_FALSE(f.subscribe("a", inbox, 2, Position{epoch, 0}).recovered);
  CHECK(f.subscribe("a", inbox, 3, Position{epoch, 1}).missed.size() == 1);
  CHECK(f.read("a")->entries.size() == 1);
}

TEST_CASE("a channel without history recovers nothing and tells no position") {
  Fixture f;
  ListInbox inbox;
  const auto outcome = f.subscribe("a", inbox, 1, Position{"x", 0});
  CHECK_FALSE(outcome.recovered);
  CHECK_FALSE(outcome.top);
  CHECK_FALSE(f.read("a"));
}

TEST_CASE("a repeated key is answered with the first offset and neither kept nor sent again") {
  Fixture f({.persistent = true, .history_size = 2});
  ListInbox inbox;
  f.subscribe("a", inbox, 1);
  CHECK(f.publish("a", "1", "k").position->offset == 1);
  CHECK(f.publish("a", "1", "k").position->offset == 1);
  CHECK(f.publish("a", "3").position->offset == 2);
  CHECK(f.publish("a", "1", "k").position->offset == 1);
  CHECK(texts(inbox).size() == 2);
  CHECK(f.publish("a", "5").position->offset == 3);  // the first is gone now, and its key with it
  CHECK(f.publish("a", "1", "k").position->offset == 4);
  CHECK(f.publish("b", "1", "k").position->offset == 1);
}

TEST_CASE("other data under the same key is a publication of its own, which can be repeated too") {
  Fixture f({.persistent = true, .history_size = 3});
  ListInbox inbox;
  f.subscribe("a", inbox, 1);
  CHECK(f.publish("a", R"({"n":1})", "k").position->offset == 1);
  CHECK(f.publish("a", R"({"n":2})", "k").position->offset == 2);
  CHECK(f.publish("a", R"({"n": 1})", "k").position->offset == 3);  // the same value in other bytes
  CHECK(f.publish("a", R"({"n":1})", "k").position->offset == 1);
  CHECK(f.publish("a", R"({"n":2})", "k").position->offset == 2);
  CHECK(texts(inbox).size() == 3);
  f.publish("a", "4");  // the first is gone
  CHECK(f.publish("a", R"({"n":2})", "k").position->offset == 2);
  CHECK(f.publish("a", R"({"n":1})", "k").position->offset == 5);
}

TEST_CASE("keys of different users have nothing to do with each other") {
  Fixture f({.persistent = true});
  CHECK(f.publish("a", "1", "k", "ann").position->offset == 1);
  CHECK(f.publish("a", "1", "k", "bob").position->offset == 2);
  CHECK(f.publish("a", "1", "k").position->offset == 3);
  CHECK(f.publish("a", "1", "nk", "an").position->offset == 4);
  CHECK(f.publish("a", "1", "k", "ann").position->offset == 1);
  CHECK(f.publish("a", "1", "k", "bob").position->offset == 2);
}

TEST_CASE("a persistent channel outlives its subscribers, for as long as its history reaches") {
  Fixture f({.persistent = true, .history_ttl = 10s});
  ListInbox inbox;
  const Position top = *f.subscribe("a", inbox, 1).top;
  f.now += 1h;
  f.broker.expire(f.now);
  CHECK(f.broker.channel_count() == 1);
  f.unsubscribe("a", inbox, 1);
  f.now += 9s;
  f.broker.expire(f.now);
  f.publish("a", "1");
  f.now += 9s;
  f.broker.expire(f.now);
  CHECK(f.subscribe("a", inbox, 1, top).recovered);
  f.unsubscribe("a", inbox, 1);
  f.now += 10s;
  f.broker.expire(f.now);
  CHECK(f.broker.channel_count() == 0);
  CHECK(f.subscribe("a", inbox, 1).top->epoch != top.epoch);
}

TEST_CASE("a persistent channel that is configured by name never goes, and is there before anybody came") {
  Fixture f({.persistent = true, .history_ttl = 10s}, true);
  ListInbox inbox;
  REQUIRE(f.read("a"));
  const Position top = f.read("a")->top;
  CHECK(top.offset == 0);
  f.publish("a", "1");
  f.now += 24h;
  f.broker.expire(f.now);
  CHECK(f.subscribe("a", inbox, 1, Position{top.epoch, 1}).recovered);
}

TEST_CASE("a configured channel that is not persistent is there as well, but keeps nothing while nobody listens") {
  Fixture f({.presence = true, .history_size = 5}, true);
  ListInbox inbox;
  REQUIRE(f.members("a"));
  CHECK(f.members("a")->count == 0);
  REQUIRE(f.read("a"));
  f.broker.expire(f.now);
  CHECK(f.broker.channel_count() == 0);
  CHECK_FALSE(f.publish("a", "1").position);
  f.subscribe("a", inbox, 1);
  CHECK(f.publish("a", "2").position->offset == 1);
  f.unsubscribe("a", inbox, 1);
  CHECK(f.broker.channel_count() == 0);
}

TEST_CASE("a signal reaches everybody but one, takes its place in the order, and is not kept") {
  Fixture f({.persistent = true});
  ListInbox inbox;
  f.subscribe("a", inbox, 1);
  f.publish("a", "1");
  const auto frame = protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span("signal", 6)));
  CHECK_FALSE(f.broker.signal("a", frame, SessionId{1}));
  CHECK_FALSE(f.broker.signal("nowhere", frame, SessionId{1}));
  CHECK(f.publish("a", "2").position->offset == 2);
  const auto posts = publications(inbox);
  REQUIRE(posts.size() == 3);
  CHECK(posts[1].except == SessionId{1});
  CHECK(posts[1].sequence == 2);
  CHECK(text_of(posts[1].frame) == "signal");
  CHECK(f.read("a")->entries.size() == 2);
}

TEST_CASE("a congested inbox is told to who feeds it") {
  Fixture f;
  ListInbox free;
  ListInbox full;
  full.is_congested = true;
  f.subscribe("a", free, 1);
  CHECK_FALSE(f.publish("a", "1").congested);
  f.subscribe("a", full, 2);
  CHECK(f.publish("a", "1").congested);
  CHECK(f.broker.signal("a", {}, SessionId::none));
  CHECK_FALSE(f.publish("b", "1").congested);
}

TEST_CASE("presence tells the others of the first connection of a user, and of the last one's end") {
  Fixture f({.presence = true, .presence_grace = 0ms});
  ListInbox inbox;
  const auto ann = f.subscribe("a", inbox, 1, {}, "ann");
  REQUIRE(ann.members);
  CHECK(ann.members->count == 1);
  const auto bob = f.subscribe("a", inbox, 2, {}, "bob");
  CHECK(bob.members->members.size() == 2);
  f.subscribe("a", inbox, 3, {}, "ann");
  f.unsubscribe("a", inbox, 1);
  f.unsubscribe("a", inbox, 3);
  const auto posts = publications(inbox);
  REQUIRE(posts.size() == 3);
  CHECK(text_of(posts[0].frame) ==
        R"({"type":"join","channel":"a","member":{"user":"ann","info":{},"connections":1}})");
  CHECK(posts[0].except == SessionId{1});
  CHECK(ann.sequence == 1);
  CHECK(text_of(posts[1].frame) ==
        R"({"type":"join","channel":"a","member":{"user":"bob","info":{},"connections":1}})");
  CHECK(posts[1].except == SessionId{2});
  CHECK(text_of(posts[2].frame) ==
        R"({"type":"leave","channel":"a","member":{"user":"ann","info":{},"connections":0}})");
  CHECK(posts[2].except == SessionId::none);
  REQUIRE(f.members("a"));
  CHECK(f.members("a")->members.at(0).user == "bob");
  CHECK_FALSE(f.members("nowhere"));
}

TEST_CASE("a leave is told when the grace is over, and not at all where its user has come back") {
  Fixture f({.presence = true, .presence_grace = 2s});
  ListInbox inbox;
  f.subscribe("a", inbox, 1, {}, "ann");
  f.subscribe("a", inbox, 2, {}, "bob");
  f.subscribe("a", inbox, 3, {}, "cid");
  f.unsubscribe("a", inbox, 2);
  f.now += 1s;
  f.unsubscribe("a", inbox, 3);
  texts(inbox);
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox).empty());
  f.subscribe("a", inbox, 4, {}, "bob");
  f.now += 1s;
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox).empty());
  CHECK(f.members("a")->count == 3);
  f.now += 1s;
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox) ==
        test::Texts{R"({"type":"leave","channel":"a","member":{"user":"cid","info":{},"connections":0}})"});
  CHECK(f.members("a")->count == 2);
  f.now += 1h;
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox).empty());
}

TEST_CASE("leaves that a channel had to tell in an earlier life are nobody's any more") {
  Fixture f({.presence = true, .presence_grace = 2s});
  ListInbox inbox;
  f.subscribe("a", inbox, 1, {}, "ann");
  f.subscribe("a", inbox, 2, {}, "bob");
  f.unsubscribe("a", inbox, 2);
  f.unsubscribe("a", inbox, 1);
  CHECK_FALSE(f.broker.has("a"));
  f.now += 1s;
  f.subscribe("a", inbox, 3, {}, "bob");
  f.subscribe("a", inbox, 4, {}, "cid");
  f.unsubscribe("a", inbox, 3);
  texts(inbox);
  f.now += 1s;
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox).empty());
  f.now += 1s;
  f.broker.tell_leaves(f.now);
  CHECK(texts(inbox).size() == 1);
}

TEST_CASE("presence_members bounds who is listed, and not who is counted") {
  Fixture f({.presence = true, .presence_members = 2});
  ListInbox inbox;
  for (std::uint64_t session = 1; session <= 5; ++session) {
    const auto subscribed = f.subscribe("a", inbox, session);
    REQUIRE(subscribed.members);
    CHECK(subscribed.members->count == session);
    CHECK(subscribed.members->members.size() == std::min<std::uint64_t>(session, 2));
  }
  CHECK(f.members("a")->members.size() == 2);
  CHECK(f.broker.members("a", f.rule, 1)->members.size() == 1);
  CHECK(f.broker.members("a", f.rule, 0)->count == 5);
}

TEST_CASE("histories take no more together than they may") {
  Fixture f({.persistent = true, .history_size = 1'000'000}, false, 100, 64 << 10);
  const std::string data = '"' + std::string(1000, 'x') + '"';
  for (int i = 0; i < 1000; ++i) {
    f.publish("channel-" + std::to_string(i % 7), data);
    REQUIRE(f.broker.history_budget().bytes() <= 64 << 10);
  }
  CHECK(f.broker.history_budget().bytes() > 60 << 10);
}

TEST_CASE("channels of every stripe are counted and expired") {
  Fixture f({.persistent = true, .history_ttl = 1s}, false, 2000);
  for (int i = 0; i < 1000; ++i) f.publish("channel-" + std::to_string(i), "1");
  CHECK(f.broker.channel_count() == 1000);
  f.broker.expire(f.now);
  CHECK(f.broker.channel_count() == 1000);
  f.broker.expire(f.now + 1s);
  CHECK(f.broker.channel_count() == 0);
}

// --- Threads
// ----------------------------------------------------------------------------------------------------------

constexpr std::uint64_t kPerThread = 2000;

TEST_CASE("two publishers at once: every inbox gets all of it in one order with dense offsets") {
  Fixture f({.history_size = 10});
  ListInbox one;
  ListInbox two;
  f.subscribe("a", one, 1);
  f.subscribe("a", two, 2);
  const auto publish_many = [&f](std::string_view who) {
    for (std::uint64_t i = 0; i < kPerThread; ++i) f.publish("a", '"' + std::string(who) + std::to_string(i) + '"');
  };
  std::thread other(publish_many, "x");
  publish_many("y");
  other.join();
  const test::Texts first = texts(one);
  CHECK(first == texts(two));
  REQUIRE(first.size() == 2 * kPerThread);
  std::uint64_t offset = 0;
  for (const std::string& text : first) REQUIRE(field(text, "offset") == std::to_string(++offset));
}

// What Registry and Session do with an inbox, for one subscriber.
class Follower {
 public:
  Follower(Fixture& fixture, std::uint64_t session) : f_(fixture), session_(session) {}

  void come() {
    std::optional<Position> since;
    if (!epoch_.empty()) since = Position{epoch_, seen_};
    const auto outcome = f_.subscribe("a", inbox_, session_, since);
    if (epoch_.empty()) seen_ = outcome.top->offset;
    epoch_ = outcome.top->epoch;
    recovered_ = recovered_ && (!since || outcome.recovered);
    for (const HistoryEntry& entry : outcome.missed) see(entry.offset);
    sequence_ = outcome.sequence;
    drain();
  }
  void drain() {
    for (const Publication& publication : publications(inbox_)) {
      if (publication.sequence > sequence_) see(std::stoull(field(text_of(publication.frame), "offset")));
    }
  }
  void go() {
    f_.unsubscribe("a", inbox_, session_);
    inbox_.take_all();
  }

  [[nodiscard]] bool dense() const { return dense_; }
  [[nodiscard]] bool recovered() const { return recovered_; }
  [[nodiscard]] std::uint64_t seen() const { return seen_; }

 private:
  void see(std::uint64_t offset) { dense_ = dense_ && offset == ++seen_; }

  Fixture& f_;
  std::uint64_t session_;
  ListInbox inbox_;
  std::string epoch_;
  std::uint64_t sequence_ = 0;
  std::uint64_t seen_ = 0;
  bool dense_ = true;
  bool recovered_ = true;
};

TEST_CASE("a subscriber that comes and goes while others publish sees no gap and no duplicate") {
  Fixture f({.persistent = true, .history_size = kPerThread});
  Follower follower(f, 1);
  follower.come();
  std::thread publisher([&f] {
    for (std::uint64_t i = 0; i < kPerThread; ++i) f.publish("a", "1");
  });
  while (follower.seen() < kPerThread) {
    follower.drain();
    follower.go();
    follower.come();
    if (!follower.dense() || !follower.recovered()) break;
  }
  publisher.join();
  CHECK(follower.dense());
  CHECK(follower.recovered());
  CHECK(follower.seen() == kPerThread);
  follower.go();
}

}  // namespace

TEST_CASE("who listens in hears all, is not counted, and keeps the channel there") {
  Fixture f({.max_clients = 1, .presence = true});
  ListInbox worker;
  const auto tap = std::make_shared<ListInbox>();
  CHECK(f.broker.listen_in("a", f.rule, tap, f.now) == Outcome::ok);
  CHECK(f.broker.has("a"));
  CHECK(f.subscribe("a", worker, 1).outcome == Outcome::ok);
  CHECK(f.broker.members("a", f.rule, 10)->count == 1);
  CHECK(f.broker.list("", "", 10).front().clients == 1);
  f.broker.publish({.channel = "a", .rule = f.rule, .data = "7", .now = f.now});
  CHECK(publications(worker).size() == 2);
  CHECK(publications(*tap).size() == 2);
  f.unsubscribe("a", worker, 1);
  CHECK(f.broker.has("a"));
  f.broker.ignore("a", tap, f.now);
  CHECK_FALSE(f.broker.has("a"));
}

TEST_CASE("nobody listens in where no channel can be") {
  Fixture closed({.auto_create = false});
  const auto tap = std::make_shared<ListInbox>();
  CHECK(closed.broker.listen_in("a", closed.rule, tap, closed.now) == Outcome::not_found);
  Fixture full({}, false, 0);
  CHECK(full.broker.listen_in("a", full.rule, tap, full.now) == Outcome::too_many_channels);
  CHECK_FALSE(full.broker.has("a"));
}

}  // namespace sentix::channels
