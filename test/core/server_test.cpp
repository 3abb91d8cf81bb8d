#include "core/server.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/support/running_server.h"
#include "test/support/ws_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using test::ClientSocket;
using test::RunningServer;
using test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

core::Options on_port(std::uint16_t port) {
  core::Options options;
  options.port = port;
  return options;
}

void subscribe(WsClient& client, const std::string& channel) {
  client.send_text(R"({"type":"subscribe","id":1,"channel":")" + channel + "\"}");
  client.receive_text_with("subscribed");
}

}  // namespace

TEST_CASE("options that cannot work are refused by name") {
  core::Options options;
  options.workers = 0;
  CHECK_THROWS_WITH_AS(core::Server{options}, doctest::Contains("workers"), std::invalid_argument);
  options.workers = 1;
  options.policy.auth_enabled = true;
  CHECK_THROWS_WITH_AS(core::Server{options}, doctest::Contains("auth"), std::invalid_argument);
}

TEST_CASE("stop() before run() lets it return at once, and a server runs once") {
  core::Server server(on_port(0));
  server.stop();
  server.run();
  CHECK_FALSE(server.wait_until_listening());
  CHECK_THROWS_AS(server.run(), std::logic_error);
}

TEST_CASE("a start that fails says why, and nobody waits for it in vain") {
  RunningServer first{core::Options{}};
  core::Server second(on_port(first.port()));
  CHECK_THROWS_WITH_AS(second.run(), doctest::Contains("--port"), std::system_error);
  CHECK_FALSE(second.wait_until_listening());
}

TEST_CASE("stopping closes every client with 4200 and then ends, over all workers") {
  core::Options options;
  options.workers = 3;
  options.drain_window = 200ms;
  options.port = 0;
  core::Server server(options);
  std::thread thread([&] { server.run(); });
  REQUIRE(server.wait_until_listening());
  std::vector<std::unique_ptr<WsClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<WsClient>(server.port()));
  }
  ClientSocket half(server.port());
  half.send("GET");
  while (server.client_count() < 20) {
    std::this_thread::yield();
  }
  server.stop();
  for (const auto& client : clients) {
    CHECK(client->receive_close().close_code == 4200);
    client->send_close(4200);
  }
  CHECK(half.receive_all().starts_with("HTTP/1.1 503 "));
  half.close();
  thread.join();
  CHECK(server.port() == 0);
}

TEST_CASE("any thread may broadcast, send to and close connections, and make them listen") {
  core::Options options;
  options.workers = 2;
  RunningServer server(options);
  WsClient client(server.port());
  const std::string welcome = client.receive_text_with("welcome");
  const auto id = channels::parse_session_id(welcome.substr(welcome.find(":\"c") + 2, 17));
  REQUIRE(id.has_value());

  server->subscribe(*id, "news");
  client.receive_text_with("\"subscribed\"");
  server->broadcast(R"({"hello": 1})", "news");
  CHECK(client.receive_text() == R"({"type":"message","channel":"news","data":{"hello": 1}})");
  server->send_to(*id, R"({"type":"private"})");
  CHECK(client.receive_text() == R"({"type":"private"})");
  server->unsubscribe(*id, "news");
  client.receive_text_with("unsubscribed");
  server->broadcast("2", "news");
  server->close_connection(*id, 4003, "go away");
  const auto received = client.receive();
  CHECK(received.kind == Kind::close);
  CHECK(received.close_code == 4003);
  CHECK(received.payload == "go away");

  CHECK_THROWS_AS(server->broadcast("{", "news"), std::invalid_argument);
  CHECK_THROWS_AS(server->broadcast("1", "no spaces"), std::invalid_argument);
  CHECK_THROWS_AS(server->send_to(*id, "nope"), std::invalid_argument);
  CHECK_THROWS_AS(server->close_connection(*id, 1006, ""), std::invalid_argument);
}

TEST_CASE("subscribers on all workers see one channel's publications in one order") {
  core::Options options;
  options.workers = 3;
  RunningServer server(options);
  constexpr int kClients = 9;
  constexpr int kMessages = 500;
  std::vector<std::unique_ptr<WsClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<WsClient>(server.port()));
    subscribe(*clients.back(), "ordered");
  }
  std::vector<std::thread> publishers;
  for (int publisher = 0; publisher < 3; ++publisher) {
    publishers.emplace_back([&server, publisher] {
      for (int i = 0; i < kMessages; ++i) {
        server->broadcast("\"" + std::to_string(publisher) + "-" + std::to_string(i) + "\"", "ordered");
      }
    });
  }
  for (std::thread& publisher : publishers) {
    publisher.join();
  }
  std::vector<std::string> first;
  for (const auto& client : clients) {
    std::vector<std::string> seen;
    for (int i = 0; i < 3 * kMessages; ++i) {
      seen.push_back(client->receive_text());
    }
    if (first.empty()) {
      first = seen;
    }
    CHECK(seen == first);
  }
}

TEST_CASE("a Unix socket is served by all workers, and removed in the end") {
  const std::string path = "/tmp/sentix-server-test-" + std::to_string(::getpid()) + ".sock";
  core::Options options;
  options.host = "unix:" + path;
  options.workers = 3;
  {
    RunningServer server(options);
    std::vector<std::unique_ptr<WsClient>> clients;
    std::vector<std::string> workers;
    for (int i = 0; i < 6; ++i) {
      clients.push_back(std::make_unique<WsClient>(ClientSocket(path)));
      const std::string welcome = clients.back()->receive_text_with("welcome");
      const std::string worker = welcome.substr(welcome.find(":\"c") + 3, 2);
      if (std::find(workers.begin(), workers.end(), worker) == workers.end()) {
        workers.push_back(worker);
      }
    }
    CHECK(workers.size() == 3);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a server that ends leaves the Unix socket of the next one alone") {
  const std::string path = "/tmp/sentix-server-test-" + std::to_string(::getpid()) + ".sock";
  core::Options options;
  options.host = "unix:" + path;
  options.drain_window = 60s;
  auto ending = std::make_unique<RunningServer>(options);
  const WsClient client{ClientSocket(path)};
  (*ending)->stop();
  CHECK_FALSE(std::filesystem::exists(path));
  const RunningServer next(options);
  ending.reset();
  CHECK_NOTHROW(WsClient(ClientSocket(path)));
}
