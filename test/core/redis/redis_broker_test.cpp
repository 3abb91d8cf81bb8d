#include "core/redis/redis_broker.h"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

#include "test/channels/fakes.h"
#include "test/core/redis/redis_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using channels::test::Client;
using channels::test::field;
using channels::test::Texts;
using channels::test::Worker;
using channels::test::World;
using core::RedisBroker;
using test::kPatience;
using test::no_redis;

namespace {

template <class Condition>
bool eventually(Condition&& holds) {
  for (const auto end = std::chrono::steady_clock::now() + kPatience; std::chrono::steady_clock::now() < end;) {
    if (holds()) {
      return true;
    }
    std::this_thread::sleep_for(2ms);
  }
  return false;
}

// One server of several: a worker with its clients, and a broker.
struct Node {
  World world;
  RedisBroker broker;
  Worker worker{world, broker};

  explicit Node(const test::RedisServer& redis) : Node("redis://127.0.0.1:" + std::to_string(redis.port())) {}
  explicit Node(const std::string& url)
      : broker(*core::parse_redis_url(url).url, {.url = "x", .prefix = "t:", .node_id = {}}, 1000, {}) {
    world.rules.define("kept*", {.persistent = true, .publish = channels::PublishRight::anyone});
    world.rules.define("few*", {.max_clients = 2});
    world.rules.define("seen*", {.presence = true, .presence_grace = 50ms});
    world.rules.define("close*", {.auto_create = false});
    world.rules.define("short*", {.persistent = true, .history_size = 3});
    world.rules.define("here*", {.without_redis = channels::WithoutRedis::local});
    world.rules.define("here-few", {.max_clients = 2, .without_redis = channels::WithoutRedis::local});
    world.rules.define("here-seen", {.presence = true, .without_redis = channels::WithoutRedis::local});
    broker.feed({worker.inbox});
    broker.start(kPatience);
  }
};

struct User {
  Node& node;
  Client client;
  Texts heard;

  explicit User(Node& on) : node(on), client(on.worker) {
    client.session.set_principal(std::make_shared<const auth::Principal>(
        auth::Principal{.user = "user" + std::to_string(++users()), .info = {}, .grants = std::nullopt}));
  }
  static int& users() {
    static int count = 0;
    return count;
  }

  // The reply to a command.
  std::string ask(const std::string& text) {
    client.send(text);
    std::string reply;
    CHECK(eventually([&] {
      for (const std::string& one : client.take()) {
        if (field(one, "id") == "1") {
          reply = one;
        } else {
          heard.push_back(one);
        }
      }
      return !reply.empty();
    }));
    return reply;
  }
  std::string subscribe(const std::string& channel, const std::string& more = {}) {
    return ask(R"({"type":"subscribe","id":1,"channel":")" + channel + "\"" + more + "}");
  }
  std::string publish(const std::string& channel, const std::string& data, const std::string& more = {}) {
    return ask(R"({"type":"publish","id":1,"channel":")" + channel + R"(","data":)" + data + more + "}");
  }
  // The data of all messages, as soon as there are `count`.
  std::string messages(std::size_t count) {
    std::string all;
    CHECK(eventually([&] {
      for (const std::string& one : client.take()) {
        heard.push_back(one);
      }
      all.clear();
      std::size_t found = 0;
      for (const std::string& one : heard) {
        if (field(one, "type") == "message") {
          all += field(one, "data") + " ";
          ++found;
        }
      }
      return found >= count;
    }));
    return all;
  }
  bool hears(const std::string& type) {
    return eventually([&] {
      for (const std::string& one : client.take()) {
        heard.push_back(one);
      }
      return std::any_of(heard.begin(), heard.end(),
                         [&](const std::string& one) { return field(one, "type") == type; });
    });
  }
};

std::string since(const std::string& reply, std::uint64_t offset) {
  return R"(,"since":{"epoch":")" + field(reply, "epoch") + R"(","offset":)" + std::to_string(offset) + "}";
}

}  // namespace

TEST_CASE("what is published on one node is heard on all, with dense offsets, with and without a history") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  for (const char* channel : {"plain", "kept"}) {
    CAPTURE(channel);
    CHECK(field(ann.subscribe(channel), "type") == "subscribed");
    CHECK(field(bob.subscribe(channel), "type") == "subscribed");
    ann.heard.clear();
    bob.heard.clear();
    CHECK(field(ann.publish(channel, "1"), "type") == "published");
    CHECK(field(bob.publish(channel, "2"), "offset") == (channel == std::string("kept") ? "2" : ""));
    CHECK(ann.messages(2) == "1 2 ");
    CHECK(bob.messages(2) == "1 2 ");
  }
}

TEST_CASE("who publishes is held back while an inbox of its node is congested, and not for those of others") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  ann.subscribe("plain");
  two.worker.inbox->is_congested = true;
  ann.publish("plain", "1");
  CHECK(ann.client.peer.held_back == 0);
  one.worker.inbox->is_congested = true;
  ann.publish("plain", "2");
  CHECK(ann.client.peer.held_back == 1);
  CHECK(one.broker.signal("plain", {}, channels::SessionId::none));
  CHECK_FALSE(one.broker.congested());
}

TEST_CASE("what comes while there is no room is dropped, or with a history made up for when there is") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  for (const char* channel : {"plain", "kept"}) {
    bob.subscribe(channel);
    ann.subscribe(channel);
  }
  two.worker.inbox->is_full = true;
  ann.publish("plain", "1");
  ann.client.send(R"({"type":"event","event":"e","channel":"plain"})");
  for (const char* data : {"2", "3", "4"}) {
    ann.publish("kept", data);
  }
  CHECK(ann.messages(4) == "1 2 3 4 ");
  CHECK(eventually([&] { return two.broker.dropped() == 2; }));
  CHECK(one.broker.dropped() == 0);
  std::this_thread::sleep_for(250ms);  // in which it would be asked for
  CHECK(bob.client.take().empty());
  two.worker.inbox->is_full = false;
  CHECK(bob.messages(3) == "2 3 4 ");
  ann.publish("plain", "5");
  CHECK(bob.messages(4) == "2 3 4 5 ");
  CHECK(bob.client.take().empty());
}

TEST_CASE("who publishes is held back for the deliveries that are on their way to Redis and back") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node node(redis);
  constexpr std::size_t kSubscribers = 4;
  std::vector<std::unique_ptr<User>> users;
  while (users.size() < kSubscribers) {
    users.push_back(std::make_unique<User>(node));
    users.back()->subscribe("plain");
  }
  User& ann = *users.front();
  constexpr std::size_t kMost = core::kRedisWaitingDeliveries / kSubscribers;
  const auto publish = [&](std::size_t times) {
    for (; times > 0; --times) {
      ann.client.send(R"({"type":"publish","channel":"plain","data":1})");
    }
    return ann.client.peer.held_back > 0;
  };
  redis.stop();
  CHECK_FALSE(publish(kMost));
  CHECK(publish(1));
  redis.go_on();
  CHECK(ann.messages(kMost + 1).size() == (kMost + 1) * 2);
  CHECK(eventually([&] {
    ann.client.peer.held_back = 0;
    return !publish(1);
  }));
}

TEST_CASE("a history is read, and recovered from, on another node") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  const std::string first = ann.subscribe("kept");
  CHECK(field(first, "offset") == "0");
  for (int i = 1; i <= 5; ++i) {
    CHECK(field(ann.publish("kept", std::to_string(i)), "offset") == std::to_string(i));
  }
  User bob(two);
  const std::string reply = bob.subscribe("kept", since(first, 2));
  CHECK(field(reply, "recovered") == "true");
  CHECK(field(reply, "epoch") == field(first, "epoch"));
  CHECK(bob.messages(3) == "3 4 5 ");
  CHECK(field(bob.ask(R"({"type":"history","id":1,"channel":"kept","limit":2})"), "messages") ==
        R"([{"offset":4,"data":4},{"offset":5,"data":5}])");
  CHECK(field(bob.subscribe("kept"), "offset") == "5");

  User eve(two);
  CHECK(field(eve.subscribe("kept", since(first, 9)), "recovered") == "false");
  CHECK(field(eve.ask(R"({"type":"history","id":1,"channel":"nowhere"})"), "code") == "not_found");
}

TEST_CASE("what has been let go of is not recovered, and a key repeats what is kept alone") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node node(redis);
  User ann(node);
  const std::string first = ann.subscribe("short");
  const std::string key = R"(,"key":"k")";
  CHECK(field(ann.publish("short", "1", key), "offset") == "1");
  CHECK(field(ann.publish("short", "1", key), "offset") == "1");
  CHECK(field(ann.publish("short", "2", key), "offset") == "2");  // other data
  CHECK(field(ann.publish("short", "3"), "offset") == "3");
  CHECK(field(ann.publish("short", "4"), "offset") == "4");
  CHECK(field(ann.publish("short", "1", key), "offset") == "5");  // it had gone
  CHECK(ann.messages(5) == "1 2 3 4 1 ");
  User bob(node);
  CHECK(field(bob.subscribe("short", since(first, 2)), "recovered") == "true");
  CHECK(bob.messages(3) == "3 4 1 ");
  User eve(node);
  CHECK(field(eve.subscribe("short", since(first, 1)), "recovered") == "false");
}

TEST_CASE("clients and members are those of all nodes, and a node that dies takes its own along") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  User ann(one);
  {
    Node two(redis);
    User bob(two);
    User eve(two);
    CHECK(field(ann.subscribe("few"), "type") == "subscribed");
    CHECK(field(bob.subscribe("few"), "type") == "subscribed");
    CHECK(field(eve.subscribe("few"), "code") == "channel_full");
    CHECK(field(ann.subscribe("seen"), "members").find(ann.client.session.principal()->user) != std::string::npos);
    CHECK(field(bob.subscribe("seen"), "members").find(ann.client.session.principal()->user) != std::string::npos);
    CHECK(ann.hears("join"));
    bob.ask(R"({"type":"unsubscribe","id":1,"channel":"few"})");
    CHECK(eventually([&] { return field(eve.subscribe("few"), "type") == "subscribed"; }));
    two.broker.stop();  // as if it had died: nobody takes leave
  }
  CHECK(ann.hears("leave"));
  User joe(one);
  CHECK(eventually([&] { return field(joe.subscribe("few"), "type") == "subscribed"; }));
}

TEST_CASE("a leave is told after its grace, and who comes back on another node within it was never away") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  ann.subscribe("seen");
  bob.subscribe("seen");
  CHECK(ann.hears("join"));
  bob.ask(R"({"type":"unsubscribe","id":1,"channel":"seen"})");
  CHECK(ann.hears("leave"));
}

TEST_CASE("a Redis that begins anew is a gap for who listens, and clients stay") {
  if (no_redis()) {
    return;
  }
  test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  const std::string before = ann.subscribe("kept");
  bob.subscribe("kept");
  ann.publish("kept", "1");
  CHECK(bob.messages(1) == "1 ");
  const std::uint64_t losses = one.broker.losses();  // it may have looked for it before it had begun
  redis.kill();
  CHECK(eventually([&] { return !one.broker.problem().empty() && !two.broker.problem().empty(); }));
  CHECK(field(ann.publish("kept", "2"), "code") == "internal");
  CHECK(field(ann.subscribe("kept2"), "code") == "internal");
  redis.start();
  CHECK(eventually([&] { return one.broker.problem().empty() && two.broker.problem().empty(); }));
  CHECK(one.broker.losses() == losses + 1);
  CHECK(field(ann.publish("kept", "3"), "offset") == "1");
  CHECK(bob.messages(2) == "1 3 ");
  CHECK(bob.hears("gap"));
  User eve(one);
  CHECK(field(eve.subscribe("kept", since(before, 1)), "recovered") == "false");
}

TEST_CASE("a Redis that hangs for a while costs nobody a message of a history") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  ann.subscribe("kept");
  bob.subscribe("kept");
  ann.publish("kept", "1");
  redis.stop();
  CHECK(eventually([&] { return !one.broker.problem().empty() && !two.broker.problem().empty(); }));
  redis.go_on();
  CHECK(eventually([&] { return one.broker.problem().empty() && two.broker.problem().empty(); }));
  CHECK(field(ann.publish("kept", "2"), "offset") == "2");
  CHECK(bob.messages(2) == "1 2 ");
  for (const std::string& one_heard : bob.heard) {
    CHECK(field(one_heard, "type") != "gap");
  }
}

TEST_CASE("many publishers on two nodes make one order, the same for all, also for who comes in between") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(two);
  ann.subscribe("kept");
  constexpr int kEach = 60;
  for (int i = 0; i < kEach; ++i) {
    ann.client.send(R"({"type":"publish","channel":"kept","data":)" + std::to_string(i) + "}");
    bob.client.send(R"({"type":"publish","channel":"kept","data":)" + std::to_string(1000 + i) + "}");
  }
  const std::string entered = bob.subscribe("kept");
  for (int i = 0; i < kEach; ++i) {
    ann.client.send(R"({"type":"publish","channel":"kept","data":)" + std::to_string(kEach + i) + "}");
  }
  ann.messages(3 * kEach);
  const auto offset_of = [](const std::string& text) { return std::stoull(field(text, "offset")); };
  const std::uint64_t begin = offset_of(entered);
  bob.messages(3 * kEach - begin);
  const auto stream = [&](const User& user, std::uint64_t after) {
    std::string all;
    std::uint64_t next = after + 1;
    for (const std::string& text : user.heard) {
      if (field(text, "type") == "message" && offset_of(text) > after) {
        CHECK(offset_of(text) == next++);
        all += field(text, "data") + " ";
      }
    }
    return all;
  };
  CHECK(stream(ann, begin) == stream(bob, begin));
}

TEST_CASE("who listens in on one node hears what is published on another, from then on, and is counted nowhere") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  for (const char* channel : {"plain", "kept", "few"}) {
    CAPTURE(channel);
    const auto now = std::chrono::steady_clock::now();
    const auto rule = two.world.rules.find(channel);
    const auto tap = std::make_shared<channels::test::ListInbox>();
    Texts heard;
    ann.subscribe(channel);
    CHECK(field(ann.publish(channel, "0"), "type") == "published");
    CHECK(two.broker.listen_in(channel, rule, tap, now) == channels::Broker::Subscribed::Outcome::ok);
    int next = 0;
    CHECK(eventually([&] {  // it may not be listening yet
      ann.publish(channel, std::to_string(++next));
      for (const auto& post : tap->take_all()) {
        heard.push_back(channels::test::text_of(std::get<channels::Publication>(post).frame));
      }
      return heard.size() >= 3;
    }));
    for (std::size_t i = 0; i < heard.size(); ++i) {
      CHECK(field(heard[i], "data") == std::to_string(std::stoi(field(heard[0], "data")) + static_cast<int>(i)));
    }
    CHECK(field(heard[0], "data") != "0");
    CHECK(two.broker.list("", "", 10).front().clients == 0);
    two.broker.ignore(channel, tap, now);
    CHECK(eventually([&] { return !two.broker.has(channel); }));
  }
  const auto closed = two.world.rules.find("closed");
  CHECK(two.broker.listen_in("closed", closed, nullptr, {}) == channels::Broker::Subscribed::Outcome::not_found);
}

TEST_CASE("a master that another one has stood in for begins a new epoch, though it is the same process") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer first;
  const test::RedisServer second;
  test::RedisClient to_first(test::url_of(first));
  test::RedisClient to_second(test::url_of(second));
  using State = core::RedisConnection::State;
  REQUIRE((to_first.until(State::ready) && to_second.until(State::ready)));
  to_second.ask({"REPLICAOF", "127.0.0.1", std::to_string(first.port())});
  const auto says = [](test::RedisClient& redis, std::string_view text) {
    return redis.ask({"INFO", "replication"}).text.find(text) != std::string::npos;
  };
  REQUIRE(eventually([&] { return says(to_first, "state=online"); }));
  Node node(first);
  User ann(node);
  const std::string entered = ann.subscribe("kept");
  ann.publish("kept", "1");
  REQUIRE(eventually([&] { return to_second.ask({"HGET", "t:{kept}m", "o"}).text == "1"; }));
  to_second.ask({"REPLICAOF", "NO", "ONE"});
  CHECK(field(ann.publish("kept", "2"), "offset") == "2");  // of which the second one does not hear
  to_first.ask({"REPLICAOF", "127.0.0.1", std::to_string(second.port())});
  REQUIRE(eventually([&] { return says(to_first, "master_link_status:up"); }));
  to_first.ask({"REPLICAOF", "NO", "ONE"});
  CHECK(ann.hears("gap"));
  User bob(node);
  const std::string after = bob.subscribe("kept", since(entered, 1));
  CHECK(field(after, "recovered") == "false");
  CHECK(field(after, "epoch") != field(entered, "epoch"));
  CHECK(field(ann.publish("kept", "3"), "offset") == "1");
}

namespace {

bool without_redis(const Node& node) {
  return eventually([&] { return !node.broker.problem().empty(); });
}
bool with_redis(const Node& node) {
  return eventually([&] { return node.broker.problem().empty(); });
}

// That what one publishes the other hears; of several attempts, because a node may not be listening yet.
bool joined(User& publisher, User& subscriber, const std::string& channel) {
  static int attempts = 1'000'000;
  return eventually([&] {
    const std::string data = std::to_string(++attempts);
    const std::string reply = publisher.publish(channel, data);
    publisher.client.take();
    for (const std::string& one : subscriber.client.take()) {
      if (field(one, "data") == data && field(reply, "local").empty()) {
        return true;
      }
    }
    return false;
  });
}

}  // namespace

TEST_CASE("a channel that goes on without Redis is each node's own meanwhile, in order, and one again afterwards") {
  if (no_redis()) {
    return;
  }
  test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(one);
  User joe(two);
  ann.subscribe("here");
  joe.subscribe("here");
  REQUIRE(joined(ann, joe, "here"));
  ann.heard.clear();
  bool hangs = false;
  SUBCASE("it has gone") {}
  SUBCASE("it hangs") {
    hangs = true;
  }
  hangs ? redis.stop() : redis.kill();
  REQUIRE((without_redis(one) && without_redis(two)));

  CHECK(field(bob.subscribe("here"), "type") == "subscribed");
  CHECK(field(ann.publish("here", "1"), "local") == "true");
  CHECK(field(bob.publish("here", "2"), "local") == "true");
  CHECK(field(joe.publish("here", "3"), "local") == "true");
  CHECK(ann.messages(2) == "1 2 ");
  CHECK(bob.messages(2) == "1 2 ");
  CHECK(joe.messages(1) == "3 ");
  CHECK(one.broker.local_publications() == 2);
  CHECK(field(ann.publish("kept", "1"), "code") == "internal");
  CHECK(field(ann.publish("plain", "1"), "code") == "not_subscribed");
  bob.client.send(R"({"type":"event","event":"typing","channel":"here","data":1})");
  CHECK(ann.hears("event"));
  ann.ask(R"({"type":"unsubscribe","id":1,"channel":"here"})");
  CHECK(field(ann.subscribe("here"), "type") == "subscribed");

  hangs ? redis.go_on() : redis.start();
  REQUIRE((with_redis(one) && with_redis(two)));
  CHECK(joined(ann, joe, "here"));
  CHECK(joined(joe, bob, "here"));
  CHECK(joined(bob, ann, "here"));
}

TEST_CASE("clients enter without Redis as far as their node knows, and are counted and announced when it is back") {
  if (no_redis()) {
    return;
  }
  test::RedisServer redis;
  Node one(redis);
  Node two(redis);
  User ann(one);
  User bob(one);
  User eve(one);
  User joe(two);
  CHECK(field(joe.subscribe("here-few"), "type") == "subscribed");
  joe.subscribe("here-seen");
  redis.kill();
  REQUIRE((without_redis(one) && without_redis(two)));
  CHECK(field(ann.subscribe("here-few"), "type") == "subscribed");
  CHECK(field(bob.subscribe("here-few"), "type") == "subscribed");
  CHECK(field(eve.subscribe("here-few"), "code") == "channel_full");
  const std::string entered = ann.subscribe("here-seen");
  CHECK(field(entered, "type") == "subscribed");
  CHECK(field(entered, "members").empty());
  CHECK(field(ann.ask(R"({"type":"presence","id":1,"channel":"here-seen"})"), "code") == "internal");
  redis.start();
  REQUIRE((with_redis(one) && with_redis(two)));
  CHECK(joe.hears("join"));
  const std::string name = ann.client.session.principal()->user;
  CHECK(eventually([&] {
    const std::string members = field(joe.ask(R"({"type":"presence","id":1,"channel":"here-seen"})"), "members");
    return members.find(name) != std::string::npos;
  }));
  CHECK(joined(ann, joe, "here-few"));
  CHECK(field(eve.subscribe("here-few"), "code") == "channel_full");  // three are there, whom nobody sends away
  ann.ask(R"({"type":"unsubscribe","id":1,"channel":"here-few"})");
  CHECK(field(eve.subscribe("here-few"), "code") == "channel_full");
  bob.ask(R"({"type":"unsubscribe","id":1,"channel":"here-few"})");
  CHECK(eventually([&] { return field(eve.subscribe("here-few"), "type") == "subscribed"; }));
}

TEST_CASE("whoever publishes while Redis comes and goes is heard on his own node in order, and once at most") {
  if (no_redis()) {
    return;
  }
  test::RedisServer redis;
  Node node(redis);
  User ann(node);
  User bob(node);
  ann.subscribe("here");
  bob.subscribe("here");
  REQUIRE(joined(ann, bob, "here"));
  bob.client.take();
  std::set<int> local;
  int next = 0;
  const auto publish = [&] {
    const std::string reply = ann.publish("here", std::to_string(++next));
    if (field(reply, "local") == "true") {
      local.insert(next);
    }
    return field(reply, "type") == "published" && field(reply, "local").empty();
  };
  for (int round = 0; round < 3; ++round) {
    const std::size_t before = local.size();
    round == 1 ? redis.stop() : redis.kill();
    CHECK(eventually([&] {
      publish();
      return local.size() >= before + 20;
    }));
    round == 1 ? redis.go_on() : redis.start();
    CHECK(eventually(publish));
    for (int i = 0; i < 20; ++i) {
      publish();
    }
  }
  CHECK(eventually([&] {  // what is heard of this is behind all the rest
    const bool by_redis = publish();
    for (const std::string& one : bob.client.take()) {
      bob.heard.push_back(one);
    }
    return by_redis && !bob.heard.empty() && field(bob.heard.back(), "data") == std::to_string(next);
  }));
  int last = 0;
  for (const std::string& one : bob.heard) {
    if (field(one, "type") == "message") {
      const int number = std::stoi(field(one, "data"));
      CHECK(number > last);
      last = number;
      local.erase(number);
    }
  }
  CHECK(local.empty());
}

TEST_CASE("a master that Sentinels have deposed is left at once, though it is there and takes what is published") {
  if (no_redis()) {
    return;
  }
  using State = core::RedisConnection::State;
  // It cannot be made a replica, as if Sentinels could not reach it.
  const test::RedisServer former({"--rename-command", "SLAVEOF", ""});
  const test::RedisServer present({"--replicaof", "127.0.0.1 " + std::to_string(former.port())});
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("sentinel.conf", "sentinel monitor main 127.0.0.1 " + std::to_string(former.port()) + " 1\n");
  const test::RedisServer sentinel({path, "--sentinel"});
  test::RedisClient to_sentinel(core::RedisConnectionOptions{.url = test::url_of(sentinel), .master_only = false});
  test::RedisClient to_former(test::url_of(former));
  REQUIRE((to_sentinel.until(State::ready) && to_former.until(State::ready)));

  Node node("redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/main");
  User ann(node);
  const std::string before = ann.subscribe("kept");
  CHECK(field(ann.publish("kept", "1"), "offset") == "1");
  REQUIRE(eventually([&] { return to_sentinel.ask({"SENTINEL", "FAILOVER", "main"}).text == "OK"; }));
  CHECK(ann.hears("gap"));
  CHECK(eventually([&] { return field(ann.publish("kept", "2"), "offset") == "1"; }));
  User bob(node);
  CHECK(field(bob.subscribe("kept", since(before, 1)), "recovered") == "false");
  CHECK(to_former.ask({"INFO", "replication"}).text.find("role:master") != std::string::npos);
  CHECK(to_former.ask({"HGET", "t:{kept}m", "o"}).text == "1");
}
