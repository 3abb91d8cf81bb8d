// Server::reload(): what other options do to those who are connected and to those who come.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <utility>

#include "auth/user_list.h"
#include "core/configuration.h"
#include "test/support/recorder.h"
#include "test/support/running_server.h"
#include "test/support/ws_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using test::RunningServer;
using test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

// A worker takes a configuration before it answers what came after that: whoever has an answer is served by it.
void round_trip(WsClient& client) {
  client.send_text(R"({"type":"ping"})");
  client.send_text(R"({"type":"ping","id":1})");
  client.receive_text_with("pong");
}

void reload(RunningServer& server, WsClient& client, core::Options options) {
  server->reload(std::move(options));
  round_trip(client);
}

std::string answer(WsClient& client, const std::string& command) {
  client.send_text(command);
  return client.receive_text();
}

}  // namespace

TEST_CASE("limits change for those who are connected") {
  core::Options options;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  const std::string padded = R"({"type":"ping","id":1,"padding":")" + std::string(100, 'x') + "\"}";
  CHECK(answer(client, padded).find("pong") != std::string::npos);
  options.max_message_bytes = 100;
  reload(server, client, options);
  client.send_text(padded);
  const auto closed = client.receive();
  CHECK(closed.close_code == 1009);
  CHECK(closed.payload.ends_with("max_message_bytes is 100"));
}

TEST_CASE("deadlines follow at once, also where there was none") {
  core::Options options;
  options.ping_interval = 0ms;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  options.ping_interval = 1ms;
  options.pong_timeout = 1ms;
  server->reload(options);
  CHECK(client.receive().kind == Kind::ping);
  CHECK(client.receive().close_code == 4201);
}

TEST_CASE("clients of one address are counted from the moment on that they are limited") {
  core::Options options;
  RunningServer server(options);
  WsClient first(server.port());
  first.receive_text_with("welcome");
  options.max_clients_per_address = 1;
  reload(server, first, options);
  CHECK_THROWS_WITH(WsClient(server.port()), doctest::Contains("429"));
  options.max_clients_per_address = 0;
  reload(server, first, options);
  WsClient second(server.port());
  second.receive_text_with("welcome");
  options.max_clients_per_address = 2;
  reload(server, first, options);
  CHECK_THROWS_WITH(WsClient(server.port()), doctest::Contains("429"));
}

TEST_CASE("authentication can begin to be required, and users come and go") {
  core::Options options;
  RunningServer server(options);
  WsClient anonymous(server.port());
  anonymous.receive_text_with("welcome");
  const auth::User jane{.username = "jane", .token_sha256 = auth::sha256("secret")};
  options.policy.auth_enabled = true;
  options.policy.authenticator = std::make_shared<auth::UserList>(std::vector{jane});
  options.authentication_timeout = 1h;
  reload(server, anonymous, options);
  CHECK(answer(anonymous, R"({"type":"subscribe","channel":"a"})").find("unauthenticated") != std::string::npos);
  WsClient client(server.port(), {.path = "/?token=secret"});
  client.receive_text_with("jane");
  options.policy.authenticator = std::make_shared<auth::UserList>(std::vector<auth::User>{});
  options.authentication_timeout = 1ms;
  server->reload(options);
  CHECK(anonymous.receive().close_code == 4108);
  round_trip(client);  // it stays who it is
  CHECK(WsClient(server.port(), {.path = "/?token=secret"}).receive().close_code == 4001);
}

TEST_CASE("classes of rate limits change for those who are connected, and who is of one that is gone has everybody's") {
  using auth::Quantity;
  using auth::Scope;
  const auth::RateLimit one{{.units = 1, .period = 1h}, auth::OverLimit::error};
  core::Options options;
  test::Recorder lines;
  options.log = [&](const core::LogLine& line) {
    if (line.level == core::LogLevel::warning) {
      lines.add(std::string(line.text));
    }
  };
  options.policy.authenticator = std::make_shared<auth::UserList>(
      std::vector{auth::User{.username = "ann", .token_sha256 = auth::sha256("secret"), .rate_class = "gold"}});
  options.rates.of(Quantity::subscribes, Scope::connection) = one;
  options.rates.classes["gold"].of(Quantity::subscribes, Scope::connection) = auth::RateLimit{};
  RunningServer server(options);
  WsClient ann(server.port(), {.path = "/?token=secret"});
  ann.receive_text_with("welcome");
  auto subscribes = [&, next = 0]() mutable {
    return answer(ann, R"({"type":"subscribe","id":1,"channel":"c)" + std::to_string(++next) + "\"}");
  };
  CHECK(subscribes().find("subscribed") != std::string::npos);
  CHECK(subscribes().find("subscribed") != std::string::npos);

  options.rates.classes["gold"].of(Quantity::subscribes, Scope::connection) = one;
  reload(server, ann, options);
  CHECK(subscribes().find("subscribed") != std::string::npos);
  CHECK(subscribes().find("rate.class.gold.subscribes_per_connection is 1 an hour") != std::string::npos);

  options.rates.classes.clear();
  reload(server, ann, options);
  CHECK(lines.await(1).back().starts_with("rate.class.gold is gone"));
  CHECK(subscribes().find("subscribed") != std::string::npos);
  CHECK(subscribes().find("rate.subscribes_per_connection is 1 an hour") != std::string::npos);
  const auto closed = WsClient(server.port(), {.path = "/?token=secret"}).receive();
  CHECK(closed.close_code == 4001);
  CHECK(closed.payload.ends_with("refused: rate.class.gold is not set."));
  CHECK(lines.await(2).back().ends_with("is refused: rate.class.gold is not set"));

  options.rates.classes["gold"] = {};
  reload(server, ann, options);
  CHECK(WsClient(server.port(), {.path = "/?token=secret"}).receive_text().find("ann") != std::string::npos);
}

TEST_CASE("channels follow their new rule at once, and those that left it the defaults") {
  core::Options options;
  options.channels = {{"news-*", {.publish = channels::PublishRight::server}}};
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  const std::string publish = R"({"type":"publish","id":1,"channel":"news-1","data":1})";
  client.send_text(R"({"type":"subscribe","id":1,"channel":"news-1"})");
  client.receive_text_with("subscribed");
  CHECK(answer(client, publish).find("forbidden") != std::string::npos);
  options.channels.clear();
  reload(server, client, options);
  client.send_text(publish);
  client.receive_text_with("published");
}

TEST_CASE("options that cannot work are refused, and nothing has changed") {
  core::Options options;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  options.max_clients = 1;
  options.policy.auth_enabled = true;
  CHECK_THROWS_WITH_AS(server->reload(options), doctest::Contains("auth"), std::invalid_argument);
  round_trip(client);
  CHECK_NOTHROW(WsClient(server.port()));
}

TEST_CASE("what only a start can set stays") {
  core::Options started;
  started.workers = 3;
  core::Options options;
  options.port = 1;
  options.host = "::1";
  options.service = core::Service::echo;
  options.tls.certificates.push_back({.chain = "/c", .key = "/k"});
  core::keep_what_a_start_sets(started, options);
  CHECK(options.port == started.port);
  CHECK(options.host == started.host);
  CHECK(options.workers == 3);
  CHECK(options.service == core::Service::channels);
  CHECK_FALSE(options.tls.enabled());
}

TEST_CASE("reloads that come faster than workers take them disturb nobody") {
  core::Options options;
  options.workers = 2;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  std::thread storm([&] {
    for (std::size_t i = 1; i <= 500; ++i) {
      core::Options next = options;
      next.max_clients = 1000 + i;
      next.max_clients_per_address = i % 2;
      next.channels = {{"a*", {.max_clients = i}}};
      server->reload(std::move(next));
    }
  });
  for (int i = 0; i < 200; ++i) {
    round_trip(client);
  }
  storm.join();
  round_trip(client);
  CHECK(server->client_count() == 1);
}
