#include "channels/reader.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::Client;
using test::field;
using test::Worker;
using test::World;

std::string messages(Client& client, const std::string& options) {
  return field(client.answer(R"({"type":"history","id":6,"channel":"a")" + options + "}"), "messages");
}

std::string listed(std::initializer_list<int> offsets) {
  std::string json;
  for (const int offset : offsets) {
    json += (json.empty() ? "" : ",") +
            (R"({"offset":)" + std::to_string(offset) + R"(,"data":)" + std::to_string(offset * 10) + "}");
  }
  return "[" + json + "]";
}

TEST_CASE("history is read in both directions, from the end or from a position, without a subscription") {
  World world;
  world.rules.define("a", {.persistent = true, .history_size = 5});
  Worker worker(world);
  Client client(worker);
  for (int i = 1; i <= 7; ++i) world.publish("a", std::to_string(i * 10));  // 3 to 7 are kept
  const std::string reply = client.answer(R"({"type":"history","id":6,"channel":"a","limit":1})");
  const std::string epoch = field(reply, "epoch");
  CHECK(reply == R"({"type":"history","id":6,"channel":"a","epoch":")" + epoch +
                     R"(","offset":7,"messages":[{"offset":7,"data":70}]})");
  const std::string from = R"(,"since":{"epoch":")" + epoch + R"(","offset":5})";
  CHECK(messages(client, "") == listed({3, 4, 5, 6, 7}));
  CHECK(messages(client, R"(,"limit":2)") == listed({6, 7}));
  CHECK(messages(client, R"(,"limit":18446744073709551615)") == listed({3, 4, 5, 6, 7}));
  CHECK(messages(client, R"(,"limit":2,"reverse":true)") == listed({7, 6}));
  CHECK(messages(client, from) == listed({6, 7}));
  CHECK(messages(client, from + R"(,"limit":1)") == listed({6}));
  CHECK(messages(client, from + R"(,"reverse":true)") == listed({7, 6}));
  CHECK(messages(client, from + R"(,"limit":1,"reverse":true)") == listed({6}));
  CHECK(messages(client, R"(,"limit":1,"since":{"epoch":"another","offset":3})") == listed({7}));
}

TEST_CASE("a hundred messages are told where no limit is given") {
  World world;
  world.rules.define("a", {.persistent = true, .history_size = 150});
  Worker worker(world);
  Client client(worker);
  for (int i = 1; i <= 150; ++i) world.publish("a", "1");
  const auto count = [](const std::string& json) { return std::count(json.begin(), json.end(), '{'); };
  CHECK(count(messages(client, "")) == 100);
  CHECK(count(messages(client, R"(,"limit":150)")) == 150);
}

TEST_CASE("data comes out of history byte for byte") {
  World world;
  world.rules.define("a", {.persistent = true});
  Worker worker(world);
  Client client(worker);
  const std::string data = R"({"b":1.50e+3, "a" :"\u0041\/","b":[ ]})";
  world.publish("a", data);
  CHECK(client.answer(R"({"type":"history","id":6,"channel":"a"})").find(R"("data":)" + data + "}") !=
        std::string::npos);
}

TEST_CASE("a channel that is not there or keeps no history is not found") {
  World world;
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(R"({"type":"history","id":6,"channel":"a"})") == "not_found");
  client.ask(R"({"type":"subscribe","channel":"a"})");
  CHECK(client.answer(R"({"type":"history","id":6,"channel":"a"})") ==
        R"({"type":"error","id":6,"code":"not_found","message":"There is no channel \"a\" that keeps a history."})");
  CHECK(client.answer(R"({"type":"presence","id":7,"channel":"a"})") ==
        R"({"type":"error","id":7,"code":"not_found","message":"There is no channel \"a\" that tells who is there."})");
}

TEST_CASE("presence counts without listing, and tells the count where not all are listed") {
  World world;
  world.rules.define("a", {.presence = true, .presence_members = 2});
  Worker worker(world);
  Client client(worker);
  std::vector<std::unique_ptr<Client>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<Client>(worker));
    others.back()->ask(R"({"type":"subscribe","channel":"a"})");
  }
  CHECK(client.answer(R"({"type":"presence","id":7,"channel":"a","count":true})") ==
        R"({"type":"presence","id":7,"channel":"a","count":3})");
  CHECK(client.answer(R"({"type":"presence","id":8,"channel":"a","count":false})") ==
        R"({"type":"presence","id":8,"channel":"a","members":[{"user":"c0000000000000002","info":{},"connections":1},)"
        R"({"user":"c0000000000000003","info":{},"connections":1}],"count":3})");
}

TEST_CASE("presence lists every user once, without a subscription") {
  World world;
  world.rules.define("a", {.presence = true});
  Worker worker(world);
  Client client(worker);
  CHECK(client.answer(R"({"type":"presence","id":7,"channel":"a"})") ==
        R"({"type":"presence","id":7,"channel":"a","members":[]})");
  Client one(worker);
  Client two(worker);
  for (Client* c : {&one, &two}) {
    c->session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"ann", R"("x")", {}}));
    c->ask(R"({"type":"subscribe","channel":"a"})");
  }
  CHECK(client.answer(R"({"type":"presence","id":7,"channel":"a"})") ==
        R"({"type":"presence","id":7,"channel":"a","members":[{"user":"ann","info":"x","connections":2}]})");
}

TEST_CASE("without an id only refusals are answered") {
  World world;
  world.rules.define("a", {.persistent = true, .presence = true});
  Worker worker(world);
  Client client(worker);
  for (const char* type : {"history", "presence"}) {
    const std::string ask = R"({"type":")" + std::string(type) + R"(","channel":)";
    CHECK(client.ask(ask + R"("a"})").empty());
    CHECK(client.error(ask + R"("b"})") == "not_found");
  }
  CHECK(client.ask(R"({"type":"ping"})").empty());
  CHECK(client.answer(R"({"type":"ping","id":"p"})") == R"({"type":"pong","id":"p"})");
}

}  // namespace
}  // namespace sentix::channels
