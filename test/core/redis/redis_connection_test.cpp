#include "core/redis/redis_connection.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "test/core/redis/redis_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using core::RedisReply;
using core::RedisUrl;
using State = core::RedisConnection::State;
using test::no_redis;
using test::url_of;
using Client = test::RedisClient;

TEST_CASE("commands are answered in their order, whatever bytes they have") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server;
  Client client(url_of(server));
  REQUIRE(client.until(State::ready));
  CHECK(client.states.back() == State::ready);

  constexpr int kCommands = 10'000;
  std::vector<std::int64_t> answers;
  for (int i = 0; i < kCommands; ++i) {
    REQUIRE(client->send({"INCR", "n"}, [&answers](const RedisReply* reply) {
      answers.push_back(reply != nullptr ? reply->integer : -1);
    }));
  }
  REQUIRE(client.until([&answers] { return answers.size() == kCommands; }));
  for (int i = 0; i < kCommands; ++i) {
    CHECK(answers[static_cast<std::size_t>(i)] == i + 1);
  }
  std::string large(3'000'000, '\0');
  large.replace(1, 4, "\r\n$\xff");
  CHECK(client.ask({"SET", "large", large}).text == "OK");
  CHECK(client.ask({"GET", "large"}).text == large);
  CHECK(client.ask({"NONSENSE"}).is_error());
  CHECK(client.ask({"CLIENT", "GETNAME"}).text == "sentix");
}

TEST_CASE("what is sent in one turn goes out in one write") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server;
  Client client(url_of(server));
  REQUIRE(client.until(State::ready));
  int answers = 0;
  for (int i = 0; i < 100; ++i) {
    client->send({"PING"}, [&answers](const RedisReply*) { ++answers; });
  }
  REQUIRE(client.until([&answers] { return answers == 100; }));
  // Redis reads once a turn of its own: a hundred writes would be many of its reads.
  const std::string stats = client.ask({"INFO", "stats"}).text;
  const std::size_t at = stats.find("total_reads_processed:");
  REQUIRE(at != std::string::npos);
  CHECK(std::stoi(stats.substr(at + 22)) < 10);
}

TEST_CASE("who we are and which database is a part of connecting") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server({"--requirepass", "hunter2", "--user", "ann", "on", ">secret", "~*", "+@all"});
  RedisUrl url = url_of(server);
  url.database = 5;
  SUBCASE("the default user") {
    url.password = "hunter2";
    Client client(url);
    REQUIRE(client.until(State::ready));
    CHECK(client.ask({"ACL", "WHOAMI"}).text == "default");
    CHECK(client.ask({"CLIENT", "INFO"}).text.find(" db=5 ") != std::string::npos);
  }
  SUBCASE("a user of an ACL, over a Unix path") {
    url.user = "ann";
    url.password = "secret";
    url.endpoints.clear();
    url.unix_path = server.unix_path();
    Client client(url);
    REQUIRE(client.until(State::ready));
    CHECK(client.ask({"ACL", "WHOAMI"}).text == "ann");
  }
  SUBCASE("nobody, or a wrong password: refused in Redis' words, tried again, and never ready") {
    for (const std::string password : {"", "topsecret"}) {
      url.password = password;
      Client client(url);
      REQUIRE(client.until([&] { return client.problem.find("refused us: ") != std::string::npos; }));
      CHECK(client.problem.find(password.empty() ? "NOAUTH" : "WRONGPASS") != std::string::npos);
      CHECK(client.problem.find("topsecret") == std::string::npos);
      const std::size_t before = client.states.size();
      REQUIRE(client.until([&] { return client.states.size() > before + 3; }));
      for (const State state : client.states) {
        CHECK(state != State::ready);
      }
      CHECK_FALSE(client->send({"PING"}, [](const RedisReply*) {}));
    }
  }
}

TEST_CASE("a Redis that goes away is told to everybody who waits, and found again when it is back") {
  if (no_redis()) {
    return;
  }
  test::RedisServer server;
  Client client(url_of(server));
  REQUIRE(client.until(State::ready));
  client.ask({"PING"});
  server.stop();
  int lost = 0;
  bool sent_meanwhile = true;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(client->send({"PING"}, [&](const RedisReply* reply) {
      lost += reply == nullptr ? 1 : 0;
      sent_meanwhile = client->send({"PING"}, [](const RedisReply*) {});
    }));
  }
  server.kill();
  REQUIRE(client.until([&lost] { return lost == 3; }));
  CHECK_FALSE(sent_meanwhile);
  REQUIRE(client.until([&client] { return client.problem.starts_with("cannot connect: "); }));
  server.start();
  REQUIRE(client.until(State::ready));
  CHECK(client.ask({"PING"}).text == "PONG");
}

TEST_CASE("a Redis that answers no more is given up after the reply timeout") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server;
  Client client(url_of(server), 2s);
  REQUIRE(client.until(State::ready));
  server.stop();
  bool lost = false;
  REQUIRE(client->send({"PING"}, [&lost](const RedisReply* reply) { lost = reply == nullptr; }));
  REQUIRE(client.until([&lost] { return lost; }));
  CHECK(client.problem == "no reply within 2000 ms");
  server.go_on();
  REQUIRE(client.until(State::ready));
}

TEST_CASE("what waits for a Redis that is slow is bounded, in commands and in bytes") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server;
  Client client(url_of(server));
  REQUIRE(client.until(State::ready));
  server.stop();
  std::size_t answers = 0;
  const auto count = [&answers](const RedisReply* reply) { answers += reply != nullptr ? 1 : 0; };
  std::size_t taken = 0;
  SUBCASE("commands") {
    while (client->send({"PING"}, count)) {
      ++taken;
    }
    CHECK(taken == 100'000);
  }
  SUBCASE("bytes, of which the socket has taken some") {
    const std::string large(1 << 20, 'x');
    while (client->send({"SET", "large", large}, count)) {
      ++taken;
    }
    CHECK(taken == 64);
    CHECK(client.until([&] {
      taken += client->send({"PING"}, count) ? 1 : 0;
      return taken > 64;
    }));
  }
  server.go_on();
  REQUIRE(client.until([&] { return answers == taken; }));
  CHECK(client->send({"PING"}, [](const RedisReply*) {}));
}

TEST_CASE("a connection may go at any moment of its life") {
  if (no_redis()) {
    return;
  }
  const test::RedisServer server;
  { const Client client(url_of(server)); }
  { const Client client({.endpoints = {{"no.such.host.invalid", 1}}}); }
  { const Client client({.unix_path = std::string(200, 'x')}); }
  Client client(url_of(server));
  REQUIRE(client.until(State::ready));
  CHECK(client->send({"PING"}, [](const RedisReply*) { FAIL("it has gone"); }));
}
