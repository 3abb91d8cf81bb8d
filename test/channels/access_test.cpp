#include "channels/access.h"

#include <doctest/doctest.h>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::Client;
using test::Worker;
using test::World;

auth::PrincipalPtr principal(std::optional<std::vector<auth::Grant>> grants = {}) {
  return std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, std::move(grants)});
}

std::string subscribe(Client& client, std::string_view channel) {
  return client.error(R"({"type":"subscribe","id":1,"channel":")" + std::string(channel) + R"("})");
}
std::string publish(Client& client, std::string_view channel) {
  return client.error(R"({"type":"publish","id":1,"channel":")" + std::string(channel) + R"(","data":1})");
}
std::string event(Client& client, std::string_view channel) {
  return client.error(R"({"type":"event","id":1,"event":"e","channel":")" + std::string(channel) + R"("})");
}
std::string history(Client& client, std::string_view channel) {
  return client.error(R"({"type":"history","id":1,"channel":")" + std::string(channel) + R"("})");
}
std::string presence(Client& client, std::string_view channel) {
  return client.error(R"({"type":"presence","id":1,"channel":")" + std::string(channel) + R"("})");
}

TEST_CASE("a channel for authenticated clients refuses others as unauthenticated, whatever they ask") {
  World world;
  world.rules.define("a", {.persistent = true, .auth = true, .presence = true, .publish = PublishRight::anyone});
  Worker worker(world);
  Client client(worker);
  for (const auto& ask : {subscribe, publish, event, history, presence}) CHECK(ask(client, "a") == "unauthenticated");
  client.session.set_principal(principal());
  for (const auto& ask : {publish, event, history, presence, subscribe}) CHECK(ask(client, "a") == "no error");
}

TEST_CASE("a private channel refuses who was not granted it") {
  World world;
  world.rules.define("p*", {.persistent = true, .is_private = true, .presence = true, .publish = PublishRight::anyone});
  world.rules.define("p1", *world.rules.find("p1").options);
  Worker worker(world);
  Client client(worker);
  for (const auto& ask : {subscribe, publish, event, history, presence}) CHECK(ask(client, "p1") == "forbidden");

  client.session.set_principal(principal(std::vector<auth::Grant>{}));
  for (const auto& ask : {subscribe, publish, event, history, presence}) CHECK(ask(client, "p1") == "forbidden");

  client.session.set_principal(principal());
  for (const auto& ask : {publish, event, history, presence, subscribe}) CHECK(ask(client, "p1") == "no error");
}

TEST_CASE("each right to a private channel is granted by itself") {
  World world;
  world.rules.define("p", {.persistent = true, .is_private = true, .presence = true, .publish = PublishRight::anyone});
  Worker worker(world);
  Client client(worker);

  client.session.set_principal(principal({{{.pattern = "p", .publish = false, .presence = false}}}));
  CHECK(subscribe(client, "p") == "no error");
  CHECK(history(client, "p") == "no error");
  CHECK(publish(client, "p") == "forbidden");
  CHECK(event(client, "p") == "forbidden");
  CHECK(presence(client, "p") == "forbidden");

  client.session.set_principal(principal({{{.pattern = "p", .subscribe = false, .presence = false}}}));
  CHECK(subscribe(client, "p") == "forbidden");
  CHECK(history(client, "p") == "forbidden");
  CHECK(publish(client, "p") == "no error");

  // Who is there is a part of what a subscriber hears: the right to see it needs the right to subscribe.
  client.session.set_principal(principal({{{.pattern = "p", .subscribe = false}}}));
  CHECK(presence(client, "p") == "forbidden");
  client.session.set_principal(principal({{{.pattern = "p"}}}));
  CHECK(presence(client, "p") == "no error");
}

TEST_CASE("grants govern private channels only") {
  World world;
  Worker worker(world);
  Client client(worker);
  client.session.set_principal(principal(std::vector<auth::Grant>{}));
  CHECK(subscribe(client, "open") == "no error");
  CHECK(publish(client, "open") == "no error");
}

TEST_CASE("who may publish: the server, subscribers, or anyone") {
  World world;
  world.rules.define("server", {.publish = PublishRight::server});
  world.rules.define("anyone", {.publish = PublishRight::anyone});
  Worker worker(world);
  Client client(worker);
  for (const auto& ask : {publish, event}) {
    CHECK(ask(client, "server") == "forbidden");
    CHECK(ask(client, "subscribers") == "not_subscribed");
    CHECK(ask(client, "anyone") == "no error");
  }
  subscribe(client, "server");
  subscribe(client, "subscribers");
  for (const auto& ask : {publish, event}) {
    CHECK(ask(client, "server") == "forbidden");
    CHECK(ask(client, "subscribers") == "no error");
  }
}

TEST_CASE("checks go in the contract's order: authentication, permission, subscription, existence") {
  World world;
  const ChannelOptions strict{.is_private = true, .auth = true, .auto_create = false};
  ChannelOptions open_to_all = strict;
  open_to_all.publish = PublishRight::anyone;
  world.rules.define("strict*", strict);
  world.rules.define("any*", open_to_all);
  Worker worker(world);
  Client client(worker);
  CHECK(publish(client, "strict1") == "unauthenticated");
  client.session.set_principal(principal(std::vector<auth::Grant>{}));
  CHECK(publish(client, "strict1") == "forbidden");
  client.session.set_principal(principal());
  CHECK(publish(client, "strict1") == "not_subscribed");
  CHECK(publish(client, "any1") == "not_found");
  CHECK(subscribe(client, "strict1") == "not_found");
  CHECK(history(client, "strict1") == "not_found");
  CHECK(presence(client, "strict1") == "not_found");
}

TEST_CASE("permissions follow the newest rules on every worker, whoever listens there") {
  World world;
  Worker one(world);
  Worker two(world);
  Client listener(one);
  Client stranger(two);
  CHECK(subscribe(listener, "c") == "no error");
  world.rules.define("c", {.publish = PublishRight::server});
  CHECK(publish(listener, "c") == "forbidden");
  CHECK(publish(stranger, "c") == "forbidden");
  world.rules.define("c", {.is_private = true});
  CHECK(publish(listener, "c") == "forbidden");
  CHECK(subscribe(stranger, "c") == "forbidden");
  world.rules.define("c", {.auth = true, .publish = PublishRight::anyone});
  CHECK(publish(listener, "c") == "unauthenticated");
  CHECK(publish(stranger, "c") == "unauthenticated");
  world.rules.define("c", {.publish = PublishRight::anyone});
  CHECK(publish(listener, "c") == "no error");
  CHECK(publish(stranger, "c") == "no error");
}

TEST_CASE("a channel that is there stays there on every worker when its pattern creates none any more") {
  World world;
  world.rules.define("c*", {.publish = PublishRight::anyone});
  Worker one(world);
  Worker two(world);
  Client listener(one);
  Client stranger(two);
  subscribe(listener, "c1");
  world.rules.define("c*", {.publish = PublishRight::anyone, .auto_create = false});
  CHECK(publish(listener, "c1") == "no error");
  CHECK(publish(stranger, "c1") == "no error");
  CHECK(subscribe(stranger, "c1") == "no error");
  CHECK(publish(stranger, "c2") == "not_found");
}

TEST_CASE("how many a channel takes stays as it was when it began, and is told so") {
  World world;
  world.rules.define("c", {.max_clients = 1});
  Worker worker(world);
  Client listener(worker);
  Client other(worker);
  subscribe(listener, "c");
  world.rules.define("c", {.max_clients = 5});
  CHECK(other.answer(R"({"type":"subscribe","id":1,"channel":"c"})").find("its max_clients is 1.") !=
        std::string::npos);
}

TEST_CASE("the authorizer has the last word, hears what the rules say, and is asked after authentication") {
  World world;
  std::string log;
  bool verdict = true;
  world.policy.authorizer = [&](Session& session, auth::Action action, std::string_view channel, bool allowed) {
    log += std::to_string(static_cast<int>(action)) + std::string(channel) + (allowed ? "+" : "-") +
           to_text(session.id()).back() + ' ';
    return verdict;
  };
  world.rules.define("p", {.is_private = true, .publish = PublishRight::server});
  world.rules.define("auth", {.auth = true});
  Worker worker(world);
  Client client(worker);
  CHECK(subscribe(client, "auth") == "unauthenticated");
  CHECK(log.empty());
  CHECK(subscribe(client, "p") == "no error");
  CHECK(publish(client, "p") == "no error");
  CHECK(log == "0p-1 1p-1 ");
  verdict = false;
  log.clear();
  CHECK(subscribe(client, "open") == "forbidden");
  CHECK(history(client, "open") == "forbidden");
  CHECK(presence(client, "open") == "forbidden");
  CHECK(log == "0open+1 0open+1 2open+1 ");
}

TEST_CASE("a sentence names the channel") {
  World world;
  world.rules.define("server", {.publish = PublishRight::server});
  Worker worker(world);
  Client client(worker);
  CHECK(client.answer(R"({"type":"publish","id":"x","channel":"server","data":1})") ==
        R"({"type":"error","id":"x","code":"forbidden","message":"You may not publish to the channel \"server\"."})");
}

}  // namespace
}  // namespace sentix::channels
