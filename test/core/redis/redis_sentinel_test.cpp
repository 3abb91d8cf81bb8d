#include "core/redis/redis_sentinel.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "test/core/redis/redis_client.h"
#include "test/support/temporary_folder.h"

using namespace sentix;
using core::RedisReply;
using core::RedisUrl;
using State = core::RedisConnection::State;
using test::no_redis;
using test::RedisServer;
using Client = test::RedisClient;

namespace {

RedisReply address(const std::vector<std::string>& words) {
  RedisReply reply{.type = RedisReply::Type::array};
  for (const std::string& word : words) {
    reply.elements.push_back({.type = RedisReply::Type::string, .text = word});
  }
  return reply;
}

// A Sentinel that watches one master, and finds it gone after two seconds.
struct Sentinel {
  test::TemporaryFolder folder;
  RedisServer server;

  explicit Sentinel(const RedisServer& master, const std::string& more = {})
      : server({written(folder, master.port(), more), "--sentinel"}) {}

  static std::string written(const test::TemporaryFolder& folder, std::uint16_t port, const std::string& more) {
    const std::string path = folder.path("sentinel.conf");
    std::ofstream(path) << "sentinel monitor main 127.0.0.1 " << port << " 1\n"
                        << "sentinel down-after-milliseconds main 2000\n"
                        << more;
    return path;
  }
};

RedisUrl url_of(const std::vector<std::uint16_t>& sentinels) {
  RedisUrl url{.kind = RedisUrl::Kind::sentinel, .master = "main"};
  for (const std::uint16_t port : sentinels) {
    url.endpoints.push_back({"127.0.0.1", port});
  }
  return url;
}

}  // namespace

TEST_CASE("a Sentinel's answer is a host and a port, and nothing else") {
  CHECK(core::read_master(address({"10.0.0.1", "6379"})) == RedisUrl::Endpoint{"10.0.0.1", 6379});
  CHECK(core::read_master(address({"redis-0.example", "65535"})) == RedisUrl::Endpoint{"redis-0.example", 65535});
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{{},
                                                                                     {"10.0.0.1"},
                                                                                     {"10.0.0.1", "6379", ""},
                                                                                     {"", "6379"},
                                                                                     {"10.0.0.1", ""},
                                                                                     {"10.0.0.1", "0"},
                                                                                     {"10.0.0.1", "65536"},
                                                                                     {"10.0.0.1", "6379 "},
                                                                                     {"10.0.0.1", "-1"},
                                                                                     {std::string("a\0b", 3), "1"},
                                                                                     {std::string(256, 'a'), "1"}}) {
    CHECK_FALSE(core::read_master(address(wrong)).has_value());
  }
  CHECK_FALSE(core::read_master({.type = RedisReply::Type::nil}).has_value());
}

TEST_CASE("the master is who a Sentinel says, and one Sentinel that is there is enough") {
  if (no_redis()) {
    return;
  }
  const RedisServer master({"--requirepass", "hunter2"});
  const Sentinel sentinel(master);
  RedisUrl url = url_of({1, sentinel.server.port(), 2});  // nobody listens on the others
  url.password = "hunter2";
  Client client(url);
  REQUIRE(client.until(State::ready));
  CHECK(client.ask({"INFO", "server"}).text.find("tcp_port:" + std::to_string(master.port())) != std::string::npos);
}

TEST_CASE("a Sentinel that asks for a password, or a user, is told its own, and the master that of the URL") {
  if (no_redis()) {
    return;
  }
  const RedisServer master({"--requirepass", "hunter2"});
  std::string more;
  core::RedisConnectionOptions options{.url = {}, .sentinel_password = "hunter3"};
  SUBCASE("a password") {
    more = "requirepass hunter3\n";
  }
  SUBCASE("a user who may do just what is needed") {
    more =
        "user default off\n"
        "user sentix on >hunter3 &+switch-master -@all +ping +subscribe +sentinel|get-master-addr-by-name\n";
    options.sentinel_user = "sentix";
  }
  const Sentinel sentinel(master, more + "sentinel auth-pass main hunter2\n");
  options.url = url_of({sentinel.server.port()});
  options.url.password = "hunter2";
  {
    Client client(options);
    REQUIRE(client.until(State::ready));
    CHECK(client.ask({"INFO", "server"}).text.find("tcp_port:" + std::to_string(master.port())) != std::string::npos);
  }
  options.sentinel_password = "wrong";
  Client wrong(options);
  CHECK(wrong.until([&] { return wrong.problem.find("Redis has refused us: WRONGPASS") != std::string::npos; }));
  options.sentinel_user = options.sentinel_password = "";
  Client nobody(options);
  CHECK(nobody.until([&] { return nobody.problem.find("Redis has refused us: NOAUTH") != std::string::npos; }));
}

TEST_CASE("what Sentinels cannot tell is told, with the one that was asked") {
  if (no_redis()) {
    return;
  }
  const RedisServer master;
  SUBCASE("nobody is there") {
    Client client(url_of({1}));
    CHECK(client.until([&] { return client.problem.starts_with("the Sentinel 127.0.0.1:1: cannot connect: "); }));
  }
  SUBCASE("a name that it does not know") {
    const Sentinel sentinel(master);
    RedisUrl url = url_of({sentinel.server.port()});
    url.master = "other";
    Client client(url);
    CHECK(client.until([&] { return client.problem.ends_with(" knows no master of the name other"); }));
  }
  SUBCASE("a Redis that is none") {
    Client client(url_of({master.port()}));
    CHECK(
        client.until([&] { return client.problem.find("has refused us: ERR unknown command") != std::string::npos; }));
  }
  SUBCASE("a Sentinel that says nothing is given up for the next one") {
    const Sentinel silent(master);
    const Sentinel sentinel(master);
    Client first(url_of({silent.server.port()}));
    REQUIRE(first.until(State::ready));
    silent.server.stop();
    Client client(url_of({silent.server.port(), sentinel.server.port()}), std::chrono::seconds(3));
    CHECK(client.until(State::ready));
    silent.server.go_on();
  }
}

TEST_CASE("a replica is refused, until it is the master") {
  if (no_redis()) {
    return;
  }
  const RedisServer master;
  const RedisServer replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  Client client(test::url_of(replica));
  REQUIRE(client.until([&] { return client.problem.starts_with("it is a slave, and only the master"); }));
  core::RedisConnectionOptions any{.url = test::url_of(replica)};
  Client other(test::url_of(master));
  REQUIRE(other.until(State::ready));
  CHECK(std::count(client.states.begin(), client.states.end(), State::ready) == 0);
}
