#include "sentix/server.h"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "test/support/recorder.h"
#include "test/support/running_app.h"
#include "test/support/ws_client.h"

using namespace std::chrono_literals;
using sentix::test::RunningApp;
using sentix::test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

constexpr const char* kNoConnection = "c00000000000000ff";

std::string id_in(const std::string& welcome) {
  const std::string before = R"("connection":")";
  const std::size_t begin = welcome.find(before) + before.size();
  return welcome.substr(begin, welcome.find('"', begin) - begin);
}

}  // namespace

TEST_CASE("the chat that the documentation shows") {
  sentix::Server server("127.0.0.1", 0);
  const auto handler = [](const sentix::Event&) {};

  server.create_channel("general", {.max_clients = 500, .persistent = true});
  server.create_channel("support", {.max_clients = 50, .is_private = true, .auth = true});
  server.set_max_clients(1000).set_ping_interval(30s).enable_debug().set_log({});
  server.set_authenticator([](const sentix::Credentials& given) {  // exactly bool, or Principal, or std::nullopt
    return sentix::equal(given["token"], "user_access_token");     // constant time; false where absent
  });
  server.on("connection.open",
            [&](const sentix::Event&) { server.broadcast(sentix::quote("A new user joined!"), "general"); });
  server.on("message.received", [&](const sentix::Event& event) {
    event.session().send(R"({"heard":)" + std::string(event.data()) + R"(,"on":)" + sentix::quote(event.channel()) +
                         "}");
  });
  server.on("message.received", handler, "general");

  const RunningApp app(server);
  WsClient ann = app.client_on("general");
  WsClient bob = app.client();
  CHECK(ann.receive_text_with("A new user").find(R"("data":"A new user joined!")") != std::string::npos);

  bob.send_text(R"({"type":"subscribe","id":1,"channel":"support"})");
  CHECK(bob.receive_text().find(R"("code":"unauthenticated")") != std::string::npos);
  bob.send_text(R"({"type":"authenticate","id":2,"credentials":{"token":"user_access_token","username":"bob"}})");
  CHECK(bob.receive_text() == R"({"type":"authenticated","id":2,"user":{"user":"bob"}})");
  bob.send_text(R"({"type":"subscribe","id":3,"channel":"support"})");
  CHECK(bob.receive_text().find(R"("type":"subscribed","id":3)") != std::string::npos);

  ann.send_text(R"({"type":"publish","id":4,"channel":"general","data": {"n":1.0} })");
  CHECK(ann.receive_text() == R"({"heard":{"n":1.0},"on":"general"})");
}

TEST_CASE("setting up ends with start(), which works once") {
  sentix::Server server("127.0.0.1", 0);
  const RunningApp app(server);
  CHECK_THROWS_AS(server.on("connection.open", [](const sentix::Event&) {}), std::logic_error);
  CHECK_THROWS_AS(server.set_authenticator([](const sentix::Credentials&) { return true; }), std::logic_error);
  CHECK_THROWS_AS(server.set_async_authenticator([](const auto&, const auto&) {}), std::logic_error);
  CHECK_THROWS_AS(server.set_authorizer([](const auto&, auto, auto, bool allowed) { return allowed; }),
                  std::logic_error);
  CHECK_THROWS_AS(server.set_max_clients(1), std::logic_error);
  CHECK_THROWS_AS(server.set_log({}), std::logic_error);
  CHECK_THROWS_AS(server.enable_debug(), std::logic_error);
  CHECK_THROWS_AS(server.start(), std::logic_error);
  // It is none the worse for it.
  CHECK(app.client().send_close());
}

TEST_CASE("stop() may come first") {
  sentix::Server server("127.0.0.1", 0);
  server.stop();
  CHECK_FALSE(server.wait_until_listening());
  server.start();
  CHECK_FALSE(server.wait_until_listening());
  CHECK(server.port() == 0);
  CHECK_THROWS_AS(server.start(), std::logic_error);
}

TEST_CASE("a handler may stop the server, which closes its clients with 4200") {
  sentix::Server server("127.0.0.1", 0);
  server.on("event.stop", [&](const sentix::Event&) { server.stop(); });
  const RunningApp app(server);
  WsClient client = app.client();
  client.send_text(R"({"type":"event","event":"stop","data":null})");
  CHECK(client.receive_close().close_code == 4200);
  client.send_close(4200);
  CHECK(client.receive().kind == Kind::ended);
}

TEST_CASE("a start that fails throws a sentence, and nobody waits in vain") {
  sentix::Server first("127.0.0.1", 0);
  const RunningApp app(first);
  sentix::Server second("127.0.0.1", first.port());
  CHECK_THROWS_WITH_AS(second.start(), doctest::Contains(std::to_string(first.port()).c_str()), std::system_error);
  CHECK_FALSE(second.wait_until_listening());

  sentix::Server third("127.0.0.1", 0);
  std::thread waiting([&] { CHECK_FALSE(third.wait_until_listening()); });
  third.require_authentication();
  CHECK_THROWS_WITH_AS(third.start(), doctest::Contains("authenticator"), std::system_error);
  waiting.join();
}

TEST_CASE("two servers in one process know nothing of each other") {
  sentix::Server first("127.0.0.1", 0);
  sentix::Server second("127.0.0.1", 0);
  const RunningApp first_app(first);
  const RunningApp second_app(second);
  CHECK(first.port() != second.port());
  WsClient here = first_app.client_on("news");
  WsClient there = second_app.client_on("news");
  first.broadcast("1", "news");
  second.broadcast("2", "news");
  CHECK(here.receive_text() == R"({"type":"message","channel":"news","data":1})");
  CHECK(there.receive_text() == R"({"type":"message","channel":"news","data":2})");
  CHECK(first.client_count() == 1);
}

TEST_CASE("what is asked for before start() is done then, in its order") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("log", {.persistent = true, .history_size = 2});
  server.broadcast("1", "log");
  server.broadcast("2", "log");
  server.broadcast("3", "log");
  // Nobody is connected yet.
  server.send_to(kNoConnection, "{}");
  server.close_connection(kNoConnection);
  server.subscribe(kNoConnection, "log");
  server.unsubscribe(kNoConnection, "log");
  CHECK(server.port() == 0);
  CHECK(server.client_count() == 0);

  const RunningApp app(server);
  WsClient client = app.client();
  client.send_text(R"({"type":"history","id":1,"channel":"log"})");
  CHECK(client.receive_text_with(R"("type":"history")")
            .find(R"("messages":[{"offset":2,"data":2},{"offset":3,"data":3}])") != std::string::npos);
}

TEST_CASE("what makes no sense is refused at once, before start() and after it") {
  sentix::Server server("127.0.0.1", 0);
  const auto check = [&server] {
    CHECK_THROWS_AS(server.create_channel("no spaces"), std::invalid_argument);
    CHECK_THROWS_AS(server.create_channel(""), std::invalid_argument);
    CHECK_THROWS_AS(server.create_channel("no spaces *"), std::invalid_argument);
    CHECK_NOTHROW(server.create_channel("news-*"));
    CHECK_THROWS_AS(server.broadcast("no JSON", "news"), std::invalid_argument);
    CHECK_THROWS_AS(server.broadcast("\"\xFF\"", "news"), std::invalid_argument);
    CHECK_THROWS_AS(server.broadcast("1", "news-*"), std::invalid_argument);
    CHECK_THROWS_AS(server.send_to("c1", "{}"), std::invalid_argument);
    CHECK_THROWS_AS(server.send_to(kNoConnection, "{"), std::invalid_argument);
    CHECK_THROWS_AS(server.close_connection(kNoConnection, 1005), std::invalid_argument);
    CHECK_THROWS_AS(server.close_connection(kNoConnection, 1000, "\xFF"), std::invalid_argument);
    CHECK_THROWS_AS(server.subscribe(kNoConnection, ""), std::invalid_argument);
    CHECK_THROWS_AS(server.unsubscribe(kNoConnection, "a b"), std::invalid_argument);
  };
  check();
  const RunningApp app(server);
  check();
}

TEST_CASE("a connection is reached by its id") {
  sentix::Server server("127.0.0.1", 0);
  const RunningApp app(server);
  WsClient client(server.port());
  WsClient other = app.client();
  const std::string id = id_in(client.receive_text());

  server.send_to(id, R"({"type":"hello"})");
  CHECK(client.receive_text() == R"({"type":"hello"})");
  server.subscribe(id, "news");
  CHECK(client.receive_text() == R"({"type":"subscribed","channel":"news"})");
  server.broadcast("1", "news");
  CHECK(client.receive_text() == R"({"type":"message","channel":"news","data":1})");
  server.unsubscribe(id, "news");
  CHECK(client.receive_text() == R"({"type":"unsubscribed","channel":"news"})");
  server.close_connection(id, 4003, "That was all.");
  CHECK(client.receive() == WsClient::Received{Kind::close, "That was all.", 4003});
  client.send_close(4003);
  CHECK(client.receive().kind == Kind::ended);

  other.send_text(R"({"type":"ping","id":1})");
  CHECK(other.receive_text() == R"({"type":"pong","id":1})");
}

TEST_CASE("several threads broadcast while the server runs, and every subscriber hears all in one order") {
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  sentix::Server server("127.0.0.1", 0);
  server.set_workers(2);
  const RunningApp app(server);
  WsClient first = app.client_on("news");
  WsClient second = app.client_on("news");

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&server, thread] {
      for (int i = 0; i < kEach; ++i) {
        server.broadcast(std::to_string(thread * kEach + i), "news");
      }
    });
  }
  std::set<std::string> heard;
  for (int i = 0; i < kThreads * kEach; ++i) {
    const std::string text = first.receive_text();
    CHECK(text == second.receive_text());
    heard.insert(text);
  }
  CHECK(heard.size() == kThreads * kEach);
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_CASE("after the end calls do no harm") {
  sentix::Server server("127.0.0.1", 0);
  {
    const RunningApp app(server);
    CHECK(server.port() != 0);
  }
  CHECK(server.port() == 0);
  CHECK(server.client_count() == 0);
  CHECK_FALSE(server.wait_until_listening());
  server.broadcast("1", "news");
  server.send_to(kNoConnection, "{}");
  server.create_channel("late");
  server.stop();
}
