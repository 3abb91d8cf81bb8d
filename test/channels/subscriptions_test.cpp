#include "channels/subscriptions.h"

#include <doctest/doctest.h>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::field;
using test::Texts;
using test::Worker;
using test::World;

constexpr const char* kSubscribeA = R"({"type":"subscribe","id":1,"channel":"a"})";

std::string since(std::string_view channel, const std::string& epoch, std::uint64_t offset) {
  return R"({"type":"subscribe","id":1,"channel":")" + std::string(channel) + R"(","since":{"epoch":")" + epoch +
         R"(","offset":)" + std::to_string(offset) + "}}";
}

TEST_CASE("subscribing and unsubscribing are answered, and messages come in between only") {
  World world;
  Worker worker(world);
  Client client(worker);
  world.publish("a", "1");
  CHECK(client.ask(R"({"type":"subscribe","id":"x\u0031","channel":"a"})") ==
        Texts{R"({"type":"subscribed","id":"x\u0031","channel":"a"})"});
  world.publish("a", "2");
  CHECK(client.take() == Texts{R"({"type":"message","channel":"a","data":2})"});
  CHECK(client.ask(R"({"type":"unsubscribe","id":-3,"channel":"a"})") ==
        Texts{R"({"type":"unsubscribed","id":-3,"channel":"a"})"});
  world.publish("a", "3");
  CHECK(client.take().empty());
}

TEST_CASE("what was on its way to an earlier life of the channel reaches nobody") {
  World world;
  Worker worker(world);
  Client client(worker);
  client.ask(kSubscribeA);
  world.publish("a", "1");  // waits in the inbox
  client.send(R"({"type":"unsubscribe","channel":"a"})");
  client.send(R"({"type":"subscribe","channel":"a"})");
  CHECK(client.take().empty());
  world.publish("a", "2");
  CHECK(client.take() == Texts{R"({"type":"message","channel":"a","data":2})"});
}

TEST_CASE("without an id nothing is answered but refusals") {
  World world;
  world.rules.define("full", {.max_clients = 1});
  Worker worker(world);
  Client client(worker);
  Client other(worker);
  CHECK(client.ask(R"({"type":"subscribe","channel":"full"})").empty());
  CHECK(client.ask(R"({"type":"unsubscribe","channel":"full"})").empty());
  other.ask(R"({"type":"subscribe","channel":"full"})");
  const std::string refused = client.answer(R"({"type":"subscribe","channel":"full"})");
  CHECK(refused ==
        R"({"type":"error","code":"channel_full","message":"The channel \"full\" is full: its max_clients is 1."})");
}

TEST_CASE("with history the reply tells the position") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client client(worker);
  world.publish("a", "1");
  const std::string reply = client.answer(kSubscribeA);
  CHECK(field(reply, "offset") == "1");
  CHECK_FALSE(field(reply, "epoch").empty());
  CHECK(field(reply, "recovered").empty());
}

TEST_CASE("what was missed follows the reply, before anything newer, from every position") {
  World world;
  world.rules.define("a", {.persistent = true, .history_size = 4});
  Worker worker(world);
  Client first(worker);
  const std::string epoch = field(first.answer(kSubscribeA), "epoch");
  for (int i = 1; i <= 6; ++i) world.publish("a", std::to_string(i));  // 3 to 6 are kept
  for (std::uint64_t position = 0; position <= 8; ++position) {
    CAPTURE(position);
    Client client(worker);
    client.send(since("a", epoch, position));
    world.publish("a", R"("newer")");
    const Texts texts = client.take();
    const std::uint64_t top = 6 + position;  // one was published in each round
    const bool recovered = position + 4 >= top && position <= top;
    REQUIRE(!texts.empty());
    CHECK(field(texts[0], "type") == "subscribed");
    CHECK(field(texts[0], "recovered") == (recovered ? "true" : "false"));
    CHECK(field(texts[0], "offset") == std::to_string(top));
    const std::uint64_t missed = recovered ? top - position : 0;
    REQUIRE(texts.size() == 1 + missed + 1);
    for (std::uint64_t i = 1; i <= missed; ++i) CHECK(field(texts[i], "offset") == std::to_string(position + i));
    CHECK(field(texts.back(), "offset") == std::to_string(top + 1));
    CHECK(field(texts.back(), "data") == "newer");
  }
}

TEST_CASE("another epoch, a future position and an aged history are not recovered") {
  World world;
  world.rules.define("a", {.persistent = true, .history_ttl = 10s});
  Worker worker(world);
  Client first(worker);
  const std::string epoch = field(first.answer(kSubscribeA), "epoch");
  world.publish("a", "1");
  const auto recovered = [&](const std::string& text) {
    Client client(worker);
    const Texts texts = client.ask(text);
    return std::make_pair(field(texts.at(0), "recovered"), texts.size() - 1);
  };
  CHECK(recovered(since("a", epoch, 0)) == std::make_pair(std::string("true"), std::size_t{1}));
  CHECK(recovered(since("a", "another", 0)) == std::make_pair(std::string("false"), std::size_t{0}));
  CHECK(recovered(since("a", epoch, 2)) == std::make_pair(std::string("false"), std::size_t{0}));
  CHECK(recovered(since("a", epoch, ~std::uint64_t{0})) == std::make_pair(std::string("false"), std::size_t{0}));
  CHECK(recovered(since("plain", epoch, 0)) == std::make_pair(std::string("false"), std::size_t{0}));
  world.now += 10s;
  CHECK(recovered(since("a", epoch, 0)) == std::make_pair(std::string("false"), std::size_t{0}));
  CHECK(recovered(since("a", epoch, 1)) == std::make_pair(std::string("true"), std::size_t{0}));
}

TEST_CASE("what was missed follows even where the command had no id") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client first(worker);
  const std::string epoch = field(first.answer(kSubscribeA), "epoch");
  world.publish("a", "1");
  Client client(worker);
  const Texts texts =
      client.ask(R"({"type":"subscribe","channel":"a","since":{"epoch":")" + epoch + R"(","offset":0}})");
  CHECK(texts == Texts{R"({"type":"message","channel":"a","data":1,"offset":1})"});
}

TEST_CASE("subscribing again tells the present position and changes nothing") {
  World world;
  world.rules.define("a", {.max_clients = 1, .persistent = true, .presence = true});
  int subscribed = 0;
  world.handlers.on("channel.subscribed", [&](const Event&) {
    ++subscribed;
    return Verdict::pass;
  });
  world.policy.subscriptions_max = 1;
  Worker worker(world);
  Client client(worker);
  const std::string epoch = field(client.answer(kSubscribeA), "epoch");
  world.publish("a", "1");
  client.take();
  const std::string again = client.answer(since("a", epoch, 0));
  CHECK(field(again, "type") == "subscribed");
  CHECK(field(again, "recovered") == "false");
  CHECK(field(again, "offset") == "1");
  CHECK(field(again, "epoch") == epoch);
  CHECK(field(again, "members") == R"([{"user":"c0000000000000001","info":{},"connections":1}])");
  CHECK(client.ask(R"({"type":"subscribe","channel":"a"})").empty());
  CHECK(subscribed == 1);
  world.publish("a", "2");
  CHECK(client.take().size() == 1);
}

TEST_CASE("presence: the reply lists the members, the others hear of comings and goings, the one who comes does not") {
  World world;
  world.rules.define("a", {.presence = true, .presence_grace = {}});
  Worker one(world);
  Worker two(world);
  Client ann(one);
  Client bob(two);
  bob.session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"bob", R"({"n": 1})", {}}));
  CHECK(field(ann.answer(kSubscribeA), "members") == R"([{"user":"c0000000000000001","info":{},"connections":1}])");
  const std::string reply = bob.answer(kSubscribeA);
  CHECK(reply.find(R"("members":[{"user":"bob","info":{"n": 1},"connections":1},)"
                   R"({"user":"c0000000000000001","info":{},"connections":1}])") != std::string::npos);
  CHECK(ann.take() ==
        Texts{R"({"type":"join","channel":"a","member":{"user":"bob","info":{"n": 1},"connections":1}})"});
  bob.close();
  CHECK(ann.take() ==
        Texts{R"({"type":"leave","channel":"a","member":{"user":"bob","info":{"n": 1},"connections":0}})"});
}

TEST_CASE("where not all members are listed, the reply says how many there are") {
  World world;
  world.rules.define("a", {.presence = true, .presence_members = 1});
  Worker worker(world);
  Client ann(worker);
  Client bob(worker);
  CHECK(field(ann.answer(kSubscribeA), "count").empty());
  const std::string reply = bob.answer(kSubscribeA);
  CHECK(field(reply, "members") == R"([{"user":"c0000000000000001","info":{},"connections":1}])");
  CHECK(field(reply, "count") == "2");
}

TEST_CASE("a member is listed under the name it came with, also when it goes under another") {
  World world;
  world.rules.define("a", {.presence = true, .presence_grace = {}});
  Worker worker(world);
  Client ann(worker);
  Client watcher(worker);
  watcher.ask(kSubscribeA);
  ann.ask(kSubscribeA);
  watcher.take();
  ann.session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {}}));
  ann.close();
  CHECK(field(watcher.take().at(0), "member") == R"({"user":"c0000000000000001","info":{},"connections":0})");
}

TEST_CASE("who may not see members is told them neither in the reply nor when they come and go") {
  World world;
  world.rules.define("a", {.is_private = true, .presence = true, .presence_grace = {}});
  Worker one(world);
  Worker two(world);
  Client ann(one);
  Client bob(two);
  ann.session.set_principal(
      std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {{{.pattern = "a", .presence = false}}}}));
  bob.session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"bob", {}, {}}));
  CHECK(ann.answer(kSubscribeA) == R"({"type":"subscribed","id":1,"channel":"a"})");
  bob.ask(kSubscribeA);
  world.publish("a", "1");
  CHECK(ann.take() == Texts{R"({"type":"message","channel":"a","data":1})"});
  ann.close();
  CHECK(field(bob.take().back(), "type") == "leave");
  Client again(one);
  again.session.set_principal(
      std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {{{.pattern = "a", .presence = false}}}}));
  again.ask(kSubscribeA);
  bob.close();
  CHECK(again.take().empty());
}

TEST_CASE("who is made to listen by the server sees who comes and goes") {
  World world;
  world.rules.define("a", {.is_private = true, .presence = true, .presence_grace = {}});
  Worker worker(world);
  Client watcher(worker);
  Client other(worker);
  worker.dispatcher.subscribe(watcher.session, "a", world.now);
  watcher.take();
  worker.dispatcher.subscribe(other.session, "a", world.now);
  CHECK(field(watcher.take().at(0), "type") == "join");
}

TEST_CASE("limits are told by name and number") {
  World world(2);
  world.policy.subscriptions_max = 3;
  Worker worker(world);
  Client client(worker);
  client.ask(kSubscribeA);
  client.ask(R"({"type":"subscribe","id":1,"channel":"b"})");
  CHECK(client.answer(R"({"type":"subscribe","id":1,"channel":"c"})") ==
        R"({"type":"error","id":1,"code":"limit_exceeded",)"
        R"("message":"This server has as many channels as it may: max_channels is 2."})");
  world.rules.define("c", {});
  CHECK(field(client.answer(R"({"type":"subscribe","id":1,"channel":"c"})"), "type") == "subscribed");
  CHECK(client.answer(R"({"type":"subscribe","id":1,"channel":"d"})") ==
        R"({"type":"error","id":1,"code":"limit_exceeded",)"
        R"("message":"This connection has as many subscriptions as it may: max_subscriptions is 3."})");
}

TEST_CASE("unsubscribing from what one does not listen to is refused") {
  World world;
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(R"({"type":"unsubscribe","id":1,"channel":"a"})") == "not_subscribed");
  client.ask(kSubscribeA);
  CHECK(client.error(R"({"type":"unsubscribe","id":1,"channel":"b"})") == "not_subscribed");
}

TEST_CASE("the server enters and removes a client past all permissions, and the client is told") {
  World world;
  world.rules.define("p", {.max_clients = 1, .is_private = true, .auth = true});
  Worker worker(world);
  Client client(worker);
  Client other(worker);
  CHECK(worker.dispatcher.subscribe(client.session, "p", world.now));
  CHECK(client.take() == Texts{R"({"type":"subscribed","channel":"p"})"});
  CHECK_FALSE(worker.dispatcher.subscribe(other.session, "p", world.now));
  CHECK_FALSE(worker.dispatcher.subscribe(other.session, "not a name", world.now));
  CHECK_FALSE(worker.dispatcher.unsubscribe(other.session, "p", world.now));
  CHECK(other.take().empty());
  CHECK(worker.dispatcher.unsubscribe(client.session, "p", world.now));
  CHECK(client.take() == Texts{R"({"type":"unsubscribed","channel":"p"})"});
}

TEST_CASE("the application hears of each coming after the reply, and of each going, also by closing") {
  World world;
  std::string log;
  const auto note = [&log](const char* what) {
    return [&log, what](const Event& event) {
      log += what + std::string(event.channel) + " ";
      return Verdict::pass;
    };
  };
  Worker worker(world);
  Client client(worker);
  world.handlers.on("channel.subscribed", [&](const Event& event) {
    CHECK(event.session == &client.session);
    CHECK(field(client.peer.texts.back(), "type") == "subscribed");
    return Verdict::pass;
  });
  world.handlers.on("channel.subscribed", note("+"));
  world.handlers.on("channel.unsubscribed", note("-"));
  world.handlers.on("connection.close", note("end"));
  client.send(kSubscribeA);
  client.send(R"({"type":"subscribe","id":1,"channel":"b"})");
  client.send(R"({"type":"unsubscribe","id":1,"channel":"a"})");
  client.close();
  CHECK(log == "+a +b -a -b end ");
  CHECK(world.broker.channel_count() == 0);
}

}  // namespace
}  // namespace sentix::channels
