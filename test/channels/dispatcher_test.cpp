#include "channels/dispatcher.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::Client;
using test::field;
using test::Texts;
using test::Worker;
using test::World;

TEST_CASE("what is no command is told so, with its id where that could be read") {
  World world;
  Worker worker(world);
  Client client(worker);
  CHECK(client.error("") == "bad_request");
  CHECK(client.error("[]") == "bad_request");
  CHECK(client.error(R"({"type":"ping","id":1)") == "bad_request");
  const std::string unknown = client.answer(R"({"id":9,"type":"fly"})");
  CHECK(field(unknown, "code") == "unknown_type");
  CHECK(field(unknown, "id") == "9");
  CHECK(field(client.answer(R"({"type":"subscribe","id":"s"})"), "id") == "s");
}

TEST_CASE("malicious names and data are refused or come out as they went in, and nothing else does") {
  World world;
  Worker worker(world);
  Client client(worker);
  Client listener(worker);
  for (const char* name : {"", "*", "a b", "a\\\"b", "a\\u0000", "\\u00e9", "<script>", "a'b", "\\ud83d\\ude00"}) {
    CAPTURE(name);
    for (const char* type : {"subscribe", "unsubscribe", "publish", "history", "presence"}) {
      CHECK(client.error(R"({"type":")" + std::string(type) + R"(","id":1,"data":1,"channel":")" + name + "\"}") ==
            "bad_request");
    }
    CHECK(client.error(R"({"type":"event","id":1,"event":")" + std::string(name) + "\"}") == "bad_request");
  }
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":")" + std::string(201, 'a') + "\"}") == "bad_request");
  CHECK(world.broker.channel_count() == 0);

  const std::string name = "../..//#@=,.;:_-" + std::string(100, 'z');
  for (Client* c : {&client, &listener}) c->ask(R"({"type":"subscribe","channel":")" + name + "\"}");
  for (const std::string data :
       {R"("\"}")", R"({"type":"error","channel":"x"})", R"("</script>")", R"("\u2028\\")", "0.10", "-0"}) {
    client.ask(R"({"type":"publish","channel":")" + name + R"(","data":)" + data + "}");
    CHECK(listener.take() == Texts{R"({"type":"message","channel":")" + name + R"(","data":)" + data + "}"});
  }
}

TEST_CASE("a client that spends too fast is told for how long, and what time brings is served again") {
  World world;
  world.policy.command_rate = {.units = 10, .burst = 12};
  Worker worker(world);
  Client client(worker);
  Client other(worker);
  CHECK(client.answer(R"({"type":"subscribe","id":1,"channel":"a"})").find("subscribed") != std::string::npos);
  CHECK(client.answer(R"({"type":"history","id":2,"channel":"b"})").find("not_found") != std::string::npos);
  CHECK(client.error("no command at all") == "bad_request");
  CHECK(client.ask(R"({"type":"publish","channel":"a","data":1})").size() == 1);

  const std::string refused = client.answer(R"({"type":"ping","id":3})");
  CHECK(field(refused, "code") == "rate_limited");
  CHECK(field(refused, "id") == "3");
  CHECK(field(refused, "message") ==
        "Too fast: rate.commands is 10 a second, 12 at once. This costs 1. Try again in 100 ms.");
  CHECK(client.error("no command at all") == "rate_limited");
  CHECK(client.error(R"({"type":"subscribe","id":4,"channel":"b"})") == "rate_limited");
  CHECK(client.error(R"({"type":"authenticate","id":4,"credentials":{}})") == "rate_limited");
  CHECK(worker.dispatcher.registry().channel_count() == 1);
  CHECK(field(other.answer(R"({"type":"ping","id":1})"), "type") == "pong");

  world.now += std::chrono::milliseconds(100);
  CHECK(field(client.answer(R"({"type":"ping","id":5})"), "type") == "pong");
  CHECK(client.error(R"({"type":"ping","id":6})") == "rate_limited");
}

TEST_CASE("after its end a session is served no more, and ends once") {
  World world;
  int ends = 0;
  world.handlers.on("connection.close", [&](const Event&) {
    ++ends;
    return Verdict::pass;
  });
  Worker worker(world);
  Client client(worker);
  client.ask(R"({"type":"subscribe","channel":"a"})");
  worker.dispatcher.close(client.session, world.now);
  worker.dispatcher.close(client.session, world.now);
  CHECK(ends == 1);
  CHECK(client.ask(R"({"type":"ping","id":1})").empty());
  CHECK_FALSE(worker.dispatcher.subscribe(client.session, "a", world.now));
  CHECK(worker.dispatcher.registry().channel_count() == 0);
}

TEST_CASE("an authorizer that throws: the command is answered internal, and the error is reported") {
  World world;
  std::string reported;
  world.handlers.on("error", [&](const Event& event) {
    reported = std::string(event.channel) + ": " + std::string(event.data);
    return Verdict::pass;
  });
  world.policy.authorizer = [](Session&, auth::Action, std::string_view, bool) -> bool {
    throw std::runtime_error("no database");
  };
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":"a"})") == "internal");
  CHECK(reported == "a: The command \"subscribe\" failed: no database");
  CHECK(world.broker.channel_count() == 0);
}

// --- Handlers that act from inside of their own call
// --------------------------------------------------------------------

TEST_CASE("a handler may subscribe, publish, unsubscribe and close from inside of everything") {
  World world;
  Worker worker(world);
  Client client(worker);
  auto& dispatcher = worker.dispatcher;
  int depth = 0;
  const Handler busy = [&](const Event& event) {
    if (depth > 0 || event.session == nullptr) return Verdict::pass;
    ++depth;
    dispatcher.subscribe(*event.session, "from-inside", world.now);
    world.publish("from-inside", "1");
    world.publish("a", R"("inside")");
    dispatcher.unsubscribe(*event.session, "a", world.now);
    dispatcher.subscribe(*event.session, "a", world.now);
    dispatcher.unsubscribe(*event.session, "from-inside", world.now);
    --depth;
    return Verdict::pass;
  };
  for (const char* name : {"connection.open", "connection.close", "message.received", "channel.subscribed",
                           "channel.unsubscribed", "error", "event.e"}) {
    world.handlers.on(name, busy);
  }
  const auto types = [](const Texts& texts) {
    std::string joined;
    for (const std::string& text : texts) joined += field(text, "type") + " ";
    return joined;
  };
  CHECK(types(client.ask(R"({"type":"subscribe","id":1,"channel":"a"})")) ==
        "subscribed subscribed unsubscribed subscribed unsubscribed ");
  // The publication from inside went to the life of the channel that the handler then ended.
  CHECK(types(client.ask(R"({"type":"publish","id":1,"channel":"a","data":1})")) ==
        "subscribed unsubscribed subscribed unsubscribed published message ");
  CHECK(types(client.ask(R"({"type":"event","id":1,"event":"e","channel":"a"})")) ==
        "subscribed unsubscribed subscribed unsubscribed ok ");
  CHECK(types(client.ask(R"({"type":"unsubscribe","id":1,"channel":"a"})")) ==
        "unsubscribed subscribed subscribed unsubscribed ");
  client.close();
  CHECK(dispatcher.registry().channel_count() == 0);
  CHECK(world.broker.channel_count() == 0);
}

TEST_CASE("after a handler has closed the peer nothing more is answered") {
  World world;
  for (const char* name : {"message.received", "event.e", "channel.subscribed"}) {
    world.handlers.on(
        name,
        [](const Event& event) {
          event.session->peer().close(protocol::CloseCode::forbidden, "out");
          return Verdict::pass;
        },
        "trap");
  }
  Worker worker(world);
  {
    Client client(worker);
    CHECK(client.ask(R"({"type":"subscribe","id":1,"channel":"trap"})").size() == 1);
    CHECK(client.peer.closed->code == protocol::CloseCode::forbidden);
  }
  for (const char* command : {R"({"type":"publish","id":1,"channel":"trap","data":1})",
                              R"({"type":"event","id":1,"event":"e","channel":"trap"})"}) {
    Client client(worker);
    Client witness(worker);
    for (Client* c : {&client, &witness}) {
      worker.dispatcher.subscribe(c->session, "trap", world.now);
      c->peer.closed.reset();
      c->take();
    }
    CHECK(client.ask(command).empty());
    CHECK(witness.take().size() == 1);
  }
}

TEST_CASE("a handler that ends another session from inside of a publication") {
  World world;
  Worker worker(world);
  Client client(worker);
  Client victim(worker);
  world.handlers.on("message.received", [&](const Event&) {
    worker.dispatcher.close(victim.session, world.now);
    return Verdict::pass;
  });
  for (Client* c : {&client, &victim}) c->ask(R"({"type":"subscribe","channel":"a"})");
  CHECK(client.ask(R"({"type":"publish","id":1,"channel":"a","data":1})").size() == 2);
  CHECK(victim.take().empty());
}

TEST_CASE("a handler of a session's end cannot bring it back into a channel") {
  World world;
  Worker worker(world);
  Client client(worker);
  int tries = 0;
  for (const char* name : {"channel.unsubscribed", "connection.close"}) {
    world.handlers.on(name, [&](const Event& event) {
      ++tries;
      CHECK_FALSE(worker.dispatcher.subscribe(*event.session, "a", world.now));
      return Verdict::pass;
    });
  }
  client.ask(R"({"type":"subscribe","channel":"a"})");
  client.close();
  CHECK(tries == 2);
  CHECK(world.broker.channel_count() == 0);
}

// --- Everything at random
// -----------------------------------------------------------------------------------------------

TEST_CASE("random clients on two workers: every subscriber sees dense offsets, and nothing is left behind") {
  std::mt19937 random(11);
  World world;
  world.rules.define("c*", {.persistent = true, .presence = true, .history_size = 1000});
  Worker workers[] = {Worker(world), Worker(world)};
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::map<std::string, std::uint64_t>> next(8);  // what each client must see next on each channel
  for (std::size_t i = 0; i < next.size(); ++i) clients.push_back(std::make_unique<Client>(workers[i % 2]));

  const auto check = [&](std::size_t who) {
    for (const std::string& text : clients[who]->take()) {
      const std::string channel = field(text, "channel");
      const std::string type = field(text, "type");
      // A second `subscribed` tells where the channel is, while what came before may still be on its way to this
      // client.
      if (type == "subscribed") next[who].try_emplace(channel, std::stoull(field(text, "offset")) + 1);
      if (type == "unsubscribed") next[who].erase(channel);
      if (type == "message") REQUIRE(field(text, "offset") == std::to_string(next[who].at(channel)++));
    }
  };
  const char* const kinds[] = {"subscribe", "unsubscribe", "publish", "publish", "publish"};
  for (int step = 0; step < 4000; ++step) {
    const std::size_t who = random() % clients.size();
    if (random() % 50 == 0) {
      check(who);
      clients[who] = std::make_unique<Client>(workers[random() % 2]);
      next[who].clear();
      continue;
    }
    const std::string channel = "c" + std::to_string(random() % 4);
    clients[who]->send(R"({"type":")" + std::string(kinds[random() % 5]) + R"(","id":1,"data":1,"channel":")" +
                       channel + "\"}");
    if (random() % 3 == 0) check(random() % clients.size());
  }
  for (std::size_t who = 0; who < clients.size(); ++who) check(who);
  clients.clear();
  for (const Worker& worker : workers) CHECK(worker.dispatcher.registry().channel_count() == 0);
  world.broker.expire(world.now + std::chrono::hours(1));
  CHECK(world.broker.channel_count() == 0);
}

}  // namespace
}  // namespace sentix::channels
