#include "channels/publisher.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::Client;
using test::field;
using test::Texts;
using test::Worker;
using test::World;

constexpr const char* kSubscribeA = R"({"type":"subscribe","channel":"a"})";
constexpr const char* kPublishA = R"({"type":"publish","id":4,"channel":"a","data":1})";

TEST_CASE("a publication reaches every subscriber on every worker, its publisher included, after the answer") {
  World world;
  Worker one(world);
  Worker two(world);
  Client ann(one);
  Client bob(one);
  Client cid(two);
  Client dan(two);
  for (Client* client : {&ann, &bob, &cid}) client->ask(kSubscribeA);
  const std::string message = R"({"type":"message","channel":"a","data":{"x" : [1e0,"\u00e9"], "x":null}})";
  CHECK(ann.ask(R"({"type":"publish","id":4,"channel":"a","data": {"x" : [1e0,"\u00e9"], "x":null} })") ==
        Texts{R"({"type":"published","id":4,"channel":"a"})", message});
  CHECK(bob.take() == Texts{message});
  CHECK(cid.take() == Texts{message});
  CHECK(dan.take().empty());
}

TEST_CASE("with history the answer and the message tell the offset, and who wrote where that is known") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client client(worker);
  client.ask(kSubscribeA);
  client.session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {}}));
  CHECK(client.ask(kPublishA) == Texts{R"({"type":"published","id":4,"channel":"a","offset":1})",
                                       R"({"type":"message","channel":"a","user":"ann","data":1,"offset":1})"});
  CHECK(client.ask(R"({"type":"publish","channel":"a","data":2})") ==
        Texts{R"({"type":"message","channel":"a","user":"ann","data":2,"offset":2})"});
}

TEST_CASE("data of more than max_data_bytes is refused, and nobody gets it") {
  World world;
  world.rules.define("a", {.max_data_bytes = 4});
  Worker worker(world);
  Client ann(worker);
  Client bob(worker);
  for (Client* client : {&ann, &bob}) client->ask(kSubscribeA);
  const Texts refused{
      R"({"type":"error","id":4,"code":"too_large","message":"The data has 5 bytes: the max_data_bytes of the channel )"
      R"(\"a\" is 4."})"};
  CHECK(ann.ask(R"({"type":"publish","id":4,"channel":"a","data":"abc"})") == refused);
  CHECK(ann.ask(R"({"type":"event","id":4,"event":"e","channel":"a","data":"abc"})") == refused);
  CHECK(bob.take().empty());
  CHECK(ann.ask(R"({"type":"publish","id":4,"channel":"a","data":"ab"})").size() == 2);
  CHECK(ann.ask(R"({"type":"event","id":4,"event":"e","data":"abc"})") == Texts{R"({"type":"ok","id":4})"});
}

TEST_CASE("a repeated key is answered like the first time, and nothing is sent") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client client(worker);
  client.ask(kSubscribeA);
  const char* const keyed = R"({"type":"publish","id":4,"channel":"a","data":1,"key":"k"})";
  CHECK(client.ask(keyed).size() == 2);
  CHECK(client.ask(keyed) == Texts{R"({"type":"published","id":4,"channel":"a","offset":1})"});
}

TEST_CASE("a key that another client without a user took keeps no other publication away") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client one(worker);
  Client two(worker);
  one.ask(kSubscribeA);
  two.ask(kSubscribeA);
  one.ask(R"({"type":"publish","id":4,"channel":"a","data":"of one","key":"k"})");
  two.take();
  CHECK(two.ask(R"({"type":"publish","id":4,"channel":"a","data":"of two","key":"k"})") ==
        Texts{R"({"type":"published","id":4,"channel":"a","offset":2})",
              R"({"type":"message","channel":"a","data":"of two","offset":2})"});
}

TEST_CASE("anyone may publish without a subscription where the channel lets them, if it can exist") {
  World world;
  world.rules.define("a", {.publish = PublishRight::anyone});
  world.rules.define("x*", {.publish = PublishRight::anyone, .auto_create = false});
  Worker worker(world);
  Client client(worker);
  Client subscriber(worker);
  subscriber.ask(kSubscribeA);
  CHECK(client.answer(kPublishA) == R"({"type":"published","id":4,"channel":"a"})");
  CHECK(subscriber.take().size() == 1);
  CHECK(client.error(R"({"type":"publish","id":4,"channel":"x","data":1})") == "not_found");
  CHECK(client.error(R"({"type":"event","id":4,"event":"e","channel":"x"})") == "not_found");
}

TEST_CASE("too many channels is told by name and number") {
  World world(0);
  world.rules.define("*", {.persistent = true, .publish = PublishRight::anyone});
  Worker worker(world);
  Client client(worker);
  CHECK(client.answer(kPublishA) == R"({"type":"error","id":4,"code":"limit_exceeded",)"
                                    R"("message":"This server has as many channels as it may: max_channels is 0."})");
}

TEST_CASE("handlers see a publication before its channel does, and may drop it") {
  World world;
  world.rules.define("a", {.persistent = true});
  Verdict verdict = Verdict::pass;
  std::string seen;
  Worker worker(world);
  Client client(worker);
  world.handlers.on("message.received", [&](const Event& event) {
    CHECK(event.session == &client.session);
    CHECK(client.peer.texts.empty());
    seen = std::string(event.channel) + " " + std::string(event.data);
    return verdict;
  });
  client.ask(kSubscribeA);
  CHECK(client.ask(R"({"type":"publish","id":4,"channel":"a","data": [ 1 ] })").size() == 2);
  CHECK(seen == "a [ 1 ]");
  verdict = Verdict::drop;
  CHECK(client.ask(kPublishA) == Texts{R"({"type":"published","id":4,"channel":"a"})"});
  CHECK(client.ask(R"({"type":"publish","channel":"a","data":1})").empty());
  seen.clear();
  CHECK(client.error(R"({"type":"publish","id":4,"channel":"b","data":1})") == "not_subscribed");
  CHECK(seen.empty());
}

TEST_CASE("what the server itself publishes is no received message") {
  World world;
  int received = 0;
  world.handlers.on("message.received", [&](const Event&) {
    ++received;
    return Verdict::pass;
  });
  Worker worker(world);
  Client client(worker);
  client.ask(kSubscribeA);
  world.publish("a", "1");
  CHECK(client.take().size() == 1);
  CHECK(received == 0);
}

TEST_CASE("a handler that throws: its command is answered internal, nothing is published, the error is reported") {
  World world;
  std::string reported;
  world.handlers.on("message.received",
                    [](const Event&) -> Verdict { throw std::runtime_error("a secret of the server"); });
  world.handlers.on("event.e", [](const Event&) -> Verdict { throw std::runtime_error("another"); });
  world.handlers.on("error", [&](const Event& event) {
    reported += event.data;
    return Verdict::pass;
  });
  Worker worker(world);
  Client client(worker);
  Client other(worker);
  client.ask(kSubscribeA);
  other.ask(kSubscribeA);
  CHECK(client.answer(kPublishA) ==
        R"({"type":"error","id":4,"code":"internal","message":"The server failed to carry this out."})");
  CHECK(client.error(R"({"type":"event","event":"e","channel":"a"})") == "internal");
  CHECK(other.take().empty());
  CHECK(reported == "A handler of message.received threw: a secret of the serverA handler of event.e threw: another");
}

TEST_CASE("an event reaches the other subscribers, not its sender, and is not kept") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker one(world);
  Worker two(world);
  Client ann(one);
  Client bob(one);
  Client cid(two);
  for (Client* client : {&ann, &bob, &cid}) client->ask(kSubscribeA);
  CHECK(ann.ask(R"({"type":"event","id":5,"event":"typing","channel":"a","data": {"a": 1} })") ==
        Texts{R"({"type":"ok","id":5})"});
  const std::string relayed =
      R"({"type":"event","event":"typing","channel":"a","data":{"a": 1},"from":"c0000000000000001"})";
  CHECK(bob.take() == Texts{relayed});
  CHECK(cid.take() == Texts{relayed});
  CHECK(field(ann.answer(R"({"type":"history","id":1,"channel":"a"})"), "messages") == "[]");
}

TEST_CASE("an event without a channel goes to the server alone, and needs no right") {
  World world;
  std::string seen;
  world.handlers.on("event.hello", [&](const Event& event) {
    seen += std::string(event.name) + "|" + std::string(event.channel) + "|" + std::string(event.data) + ";";
    return Verdict::pass;
  });
  Worker worker(world);
  Client client(worker);
  CHECK(client.answer(R"({"type":"event","id":5,"event":"hello","data":[1]})") == R"({"type":"ok","id":5})");
  CHECK(client.answer(R"({"type":"event","id":5,"event":"unheard"})") == R"({"type":"ok","id":5})");
  CHECK(client.ask(R"({"type":"event","event":"hello"})").empty());
  CHECK(seen == "hello||[1];hello||null;");
}

TEST_CASE("a handler of a client's event may keep it from the channel") {
  World world;
  world.handlers.on(
      "event.e", [](const Event&) { return Verdict::drop; }, "a");
  Worker worker(world);
  Client client(worker);
  Client other(worker);
  for (Client* c : {&client, &other}) {
    c->ask(kSubscribeA);
    c->ask(R"({"type":"subscribe","channel":"b"})");
  }
  CHECK(client.answer(R"({"type":"event","id":5,"event":"e","channel":"a"})") == R"({"type":"ok","id":5})");
  CHECK(other.take().empty());
  client.ask(R"({"type":"event","id":5,"event":"e","channel":"b"})");
  CHECK(other.take().size() == 1);
}

TEST_CASE("who feeds a congested inbox is held back") {
  World world;
  Worker worker(world);
  Worker slow(world);
  Client client(worker);
  Client reader(slow);
  client.ask(kSubscribeA);
  reader.ask(kSubscribeA);
  client.ask(kPublishA);
  client.ask(R"({"type":"event","event":"e","channel":"a"})");
  CHECK(client.peer.held_back == 0);
  slow.inbox->is_congested = true;
  client.ask(kPublishA);
  CHECK(client.peer.held_back == 1);
  client.ask(R"({"type":"event","event":"e","channel":"a"})");
  CHECK(client.peer.held_back == 2);
}

}  // namespace
}  // namespace sentix::channels
