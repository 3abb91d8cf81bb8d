#include "channels/token_grants.h"

#include <doctest/doctest.h>

#include <random>

#include "test/channels/fakes.h"
#include "test/support/jwt_maker.h"

namespace sentix::channels {
namespace {

using auth::WallTime;
using std::chrono::seconds;
using test::Client;
using test::Texts;
using test::Worker;
using test::World;

const std::string kSecret = "a secret of thirty-two bytes, ok";
constexpr WallTime kWall{seconds(1'700'000'000)};

// A world with one private channel, and keys for tokens of it.
struct TokenWorld : World {
  TokenWorld() {
    auth::JwtKeySet keys;
    keys.add({}, auth::JwtKey::from_secret(auth::JwtAlgorithm::hs256, kSecret));
    const auto verifier = std::make_shared<const auth::JwtVerifier>(std::move(keys), auth::JwtRules{.leeway = {}});
    policy.channel_tokens =
        std::make_shared<const auth::ChannelTokens>([verifier] { return verifier; }, [] { return kWall; }, nullptr);
    rules.define("private", {.persistent = true, .is_private = true, .presence = true});
    rules.define("other", {.is_private = true});
  }
};

// `claims` behind "exp", which is so many seconds from now.
std::string token(int lasts, const std::string& claims) {
  return sentix::test::hs256_token(kSecret, R"({"exp":)" + std::to_string(1'700'000'000 + lasts) + "," + claims + "}");
}

std::string subscribe(const std::string& token, std::string_view channel = "private") {
  return R"({"type":"subscribe","id":1,"channel":")" + std::string(channel) + R"(","token":")" + token + R"("})";
}

const std::string kPrivate = R"("channel":"private")";

TEST_CASE("a token opens a private channel, and only that one, and only for hearing") {
  TokenWorld world;
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(R"({"type":"history","id":1,"channel":"private"})") == "forbidden");
  CHECK(client.error(subscribe(token(60, kPrivate))) == "no error");
  CHECK(client.error(R"({"type":"history","id":1,"channel":"private"})") == "no error");
  CHECK(client.error(R"({"type":"publish","id":1,"channel":"private","data":1})") == "forbidden");
  CHECK(client.error(R"({"type":"presence","id":1,"channel":"private"})") == "forbidden");
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":"other"})") == "forbidden");
  CHECK(client.error(subscribe(token(60, kPrivate), "other")) == "forbidden");
  world.publish("private", "7");
  CHECK(client.take() == Texts{R"({"type":"message","channel":"private","data":7,"offset":1})"});
}

TEST_CASE("it may open publishing and presence too, until the channel is left") {
  TokenWorld world;
  Worker worker(world);
  Client client(worker);
  const std::string reply = client.answer(subscribe(token(60, kPrivate + R"(,"publish":true,"presence":true)")));
  CHECK(reply.find(R"("members":[)") != std::string::npos);
  CHECK(client.error(R"({"type":"presence","id":1,"channel":"private"})") == "no error");
  client.send(R"({"type":"publish","id":1,"channel":"private","data":1})");
  CHECK(client.take().size() == 2);  // `published`, and its own message
  client.ask(R"({"type":"unsubscribe","channel":"private"})");
  CHECK(client.error(R"({"type":"presence","id":1,"channel":"private"})") == "forbidden");
  CHECK(client.error(R"({"type":"history","id":1,"channel":"private"})") == "forbidden");
}

TEST_CASE("every refusal says what is wrong, and nothing of the keys") {
  TokenWorld world;
  Worker worker(world);
  Client client(worker);
  const auto told = [&](const std::string& token) {
    const std::string answer = client.answer(subscribe(token));
    CHECK(test::field(answer, "code") == "forbidden");
    return test::field(answer, "message");
  };
  const std::string refused = R"(The "token" was refused: )";
  CHECK(told(token(0, kPrivate)) == refused + "it has expired.");
  CHECK(told(token(60, R"("channel":"other")")) == refused + "it is for another channel.");
  CHECK(told(token(60, kPrivate + R"(,"sub":"ann")")) == refused + "it is for another user.");
  CHECK(told(token(60, R"("sub":"ann")")) ==
        refused + "it is for authentication and used for a channel, or the other way round.");
  CHECK(told(token(60, kPrivate) + "A") == refused + "no key of this server has signed it.");
  CHECK(told("opaque") == refused + "no key of this server has signed it.");
  world.policy.channel_tokens = nullptr;
  CHECK(told(token(60, kPrivate)) ==
        R"(This server has no keys that could tell whose "token" is good: auth.jwt is not set.)");
}

TEST_CASE("a token that is given has to be good, and is no way around authentication") {
  TokenWorld world;
  world.rules.define("members", {.is_private = true, .auth = true});
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(subscribe("opaque", "open")) == "forbidden");
  const std::string members = token(60, R"("channel":"members")");
  CHECK(client.error(subscribe(members, "members")) == "unauthenticated");
  CHECK(client.error(subscribe("opaque", "members")) == "unauthenticated");
  client.session.set_principal(
      std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, std::vector<auth::Grant>{}}));
  CHECK(client.error(subscribe(members, "members")) == "no error");
}

TEST_CASE("an application has the last word on it") {
  TokenWorld world;
  std::vector<bool> asked;
  world.policy.authorizer = [&](Session&, auth::Action, std::string_view, bool allowed) {
    asked.push_back(allowed);
    return false;
  };
  Worker worker(world);
  Client client(worker);
  CHECK(client.error(subscribe(token(60, kPrivate))) == "forbidden");
  CHECK(asked == std::vector{true});
}

TEST_CASE("a subscription ends with its token, and its client is told") {
  TokenWorld world;
  Worker worker(world);
  Client short_lived(worker);
  Client long_lived(worker);
  Client by_right(worker);
  by_right.session.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {}}));
  short_lived.ask(subscribe(token(60, kPrivate)));
  long_lived.ask(subscribe(token(61, kPrivate)));
  by_right.ask(R"({"type":"subscribe","id":1,"channel":"private"})");

  worker.dispatcher.end_expired(kWall + seconds(59), world.now);
  CHECK(short_lived.take().empty());
  worker.dispatcher.end_expired(kWall + seconds(60), world.now);
  CHECK(short_lived.take() == Texts{R"({"type":"unsubscribed","channel":"private","reason":"token expired"})"});
  CHECK(short_lived.session.listening().empty());
  world.publish("private", "1");
  CHECK(short_lived.take().empty());
  CHECK(long_lived.take().size() == 1);
  CHECK(by_right.take().size() == 1);

  worker.dispatcher.end_expired(kWall + seconds(3600), world.now);
  CHECK(long_lived.take().size() == 1);
  CHECK(by_right.take().empty());
  CHECK(by_right.session.listening().size() == 1);
}

TEST_CASE("another token in time renews it; what is refused, or no token, changes nothing") {
  TokenWorld world;
  Worker worker(world);
  Client client(worker);
  client.ask(subscribe(token(60, kPrivate)));
  CHECK(client.error(subscribe(token(120, kPrivate))) == "no error");
  CHECK(client.error(subscribe("opaque")) == "forbidden");
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":"private"})") == "no error");
  worker.dispatcher.end_expired(kWall + seconds(119), world.now);
  CHECK(client.take().empty());
  worker.dispatcher.end_expired(kWall + seconds(120), world.now);
  CHECK(client.take().size() == 1);
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":"private"})") == "forbidden");
}

TEST_CASE("what was missed is recovered with another token") {
  TokenWorld world;
  Worker worker(world);
  Client client(worker);
  const std::string reply = client.answer(subscribe(token(60, kPrivate)));
  const std::string since = R"("since":{"epoch":")" + test::field(reply, "epoch") + R"(","offset":0},)";
  worker.dispatcher.end_expired(kWall + seconds(60), world.now);
  client.take();
  world.publish("private", "7");
  std::string again = subscribe(token(60, kPrivate));
  again.insert(1, since);
  const Texts texts = client.ask(again);
  REQUIRE(texts.size() == 2);
  CHECK(texts[1] == R"({"type":"message","channel":"private","data":7,"offset":1})");
}

TEST_CASE("of a session that goes nothing stays") {
  TokenWorld world;
  Worker worker(world);
  {
    Client client(worker);
    client.ask(subscribe(token(60, kPrivate)));
    client.ask(subscribe(token(60, R"("channel":"other")"), "other"));
  }
  worker.dispatcher.end_expired(kWall + seconds(3600), world.now);
  Client next(worker);
  CHECK(next.error(R"({"type":"subscribe","id":1,"channel":"private"})") == "forbidden");
}

TEST_CASE("very many that end at once take several calls") {
  TokenWorld world;
  Worker worker(world);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 1001; ++i) {
    clients.push_back(std::make_unique<Client>(worker));
    clients.back()->send(subscribe(token(60, kPrivate)));
  }
  const auto left = [&] {
    return std::ranges::count_if(clients, [](const auto& client) { return !client->session.listening().empty(); });
  };
  worker.dispatcher.end_expired(kWall + seconds(60), world.now);
  CHECK(left() == 1);
  worker.dispatcher.end_expired(kWall + seconds(60), world.now);
  CHECK(left() == 0);
}

TEST_CASE("the first that ends is found whatever is put and removed") {
  std::mt19937 random(7);
  World world;
  Worker worker(world);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(std::make_unique<Client>(worker));
  clients[0]->ask(R"({"type":"subscribe","id":1,"channel":"c"})");
  Channel& channel = *worker.dispatcher.registry().find("c");

  TokenGrants grants;
  std::map<Session*, std::optional<WallTime>> model;
  for (int step = 0; step < 2000; ++step) {
    Session& session = clients[random() % 8]->session;
    if (random() % 3 == 0) {
      grants.remove(session, channel);
      model.erase(&session);
    } else {
      const auto end = random() % 4 == 0 ? std::nullopt : std::optional(kWall + seconds(random() % 16));
      grants.put(session, channel, {.expires_at = end});
      model[&session] = end;
    }
    std::optional<WallTime> first;
    for (const auto& [_, end] : model) {
      if (end && (!first || *end < *first)) first = end;
    }
    CHECK(grants.empty() == model.empty());
    CHECK((grants.find(session, &channel) != nullptr) == model.contains(&session));
    const auto ended = grants.first_ended(kWall + seconds(100));
    REQUIRE(ended.has_value() == first.has_value());
    if (first) CHECK(model[ended->first] == first);
    if (first) CHECK_FALSE(grants.first_ended(*first - seconds(1)));
  }
}

}  // namespace
}  // namespace sentix::channels
