#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "sentix/server.h"
#include "test/support/recorder.h"
#include "test/support/running_app.h"
#include "test/support/temporary_folder.h"
#include "test/support/test_certificate.h"
#include "test/support/ws_client.h"

using namespace std::chrono_literals;
using sentix::test::ClientSocket;
using sentix::test::Recorder;
using sentix::test::RunningApp;
using sentix::test::TemporaryFolder;
using sentix::test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What the server says to these bytes until it closes.
std::string response_to(const sentix::Server& server, const std::string& bytes) {
  ClientSocket socket(server.port());
  socket.send(bytes);
  return socket.receive_all();
}

std::string answer_to_subscribe(WsClient& client, const std::string& channel) {
  client.send_text(R"({"type":"subscribe","id":1,"channel":")" + channel + "\"}");
  return client.receive_text();
}

}  // namespace

TEST_CASE("settings chain") {
  sentix::Server server("127.0.0.1", 0);
  server.set_workers(1)
      .set_max_clients(10)
      .set_max_clients_per_address(0)
      .set_max_handshakes(10)
      .set_max_channels(10)
      .set_max_subscriptions(10)
      .set_command_rate(0)
      .set_rate_limit("messages_per_connection", "off")
      .set_rate_limit("messages_per_user", "100000/s burst 200000 error", "gold")
      .set_deflate(true)
      .set_max_message_bytes(1000)
      .set_outbox_bytes(0)
      .set_ping_interval(0s)
      .set_pong_timeout(1s)
      .set_handshake_timeout(1min)
      .set_authentication_timeout(1min)
      .set_drain_window(0s)
      .set_origins({})
      .set_page("", "")
      .set_log({})
      .enable_debug(false)
      .require_authentication(false)
      .on("connection.open", [](const sentix::Event&) {})
      .set_authenticator([](const sentix::Credentials&) { return true; })
      .set_async_authenticator([](const auto&, const auto& done) { done(true); })
      .set_authorizer([](const auto&, auto, auto, bool allowed) { return allowed; });
  const RunningApp app(server);
  CHECK(app.client().send_close());
}

TEST_CASE("settings that make no sense are refused by name") {
  sentix::Server server;
  CHECK_THROWS_WITH_AS(server.set_workers(0), doctest::Contains("workers"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_workers(256), doctest::Contains("workers"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_max_handshakes(0), doctest::Contains("max_handshakes"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_max_channels(0), doctest::Contains("max_channels"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_max_subscriptions(0), doctest::Contains("max_subscriptions"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_max_message_bytes(0), doctest::Contains("max_message_bytes"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_ping_interval(-1s), doctest::Contains("ping_interval"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_pong_timeout(0s), doctest::Contains("pong_timeout"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_handshake_timeout(0s), doctest::Contains("handshake_timeout"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_authentication_timeout(-1s), doctest::Contains("authentication_timeout"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_rate_limit("messages", "1/s"), doctest::Contains("\"messages\" is no rate limit"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_rate_limit("bytes_per_user", "fast"), doctest::Contains("bytes_per_user is \"fast\""),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_rate_limit("bytes_per_server", "1/s", "gold"),
                       doctest::Contains("bytes_per_server is no limit of a class"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(server.set_rate_limit("bytes_per_user", "1/s", "no name"), doctest::Contains("1 to 32"),
                       std::invalid_argument);
  for (int i = 0; i < 64; ++i) {
    server.set_rate_limit("bytes_per_user", "1/s", "c" + std::to_string(i));
  }
  CHECK_THROWS_WITH_AS(server.set_rate_limit("bytes_per_user", "1/s", "more"), doctest::Contains("64 rate classes"),
                       std::invalid_argument);
  CHECK_NOTHROW(server.set_rate_limit("bytes_per_connection", "1/s", "c7"));
  CHECK_THROWS_WITH_AS(server.set_drain_window(-1ms), doctest::Contains("drain_window"), std::invalid_argument);
}

TEST_CASE("TLS that cannot be had is refused, at once or by name when the server starts") {
  sentix::Server server("127.0.0.1", 0);
  CHECK_THROWS_WITH_AS(server.set_tls(sentix::TlsOptions()), doctest::Contains("certificate"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      server.set_tls({.certificates = {{"/c", "/k"}}, .client_certificates = sentix::ClientCertificates::required}),
      doctest::Contains("client_ca"), std::invalid_argument);
  server.set_tls("/no/cert.pem", "/no/key.pem");
  server.reload_certificates();  // nothing to do yet
  CHECK_THROWS_WITH_AS(server.start(), "/no/cert.pem cannot be read: No such file or directory: Invalid argument",
                       std::system_error);
}

TEST_CASE("TLS is spoken, and certificates are read again") {
  const TemporaryFolder folder;
  const auto files = sentix::test::make_certificate(folder, "a");
  Recorder lines;
  sentix::Server server("127.0.0.1", 0);
  server.set_tls(files.chain, files.key).set_log([&](sentix::LogLevel, std::string_view line) {
    lines.add(std::string(line));
  });
  const RunningApp app(server);
  CHECK(contains(response_to(server, "GET / HTTP/1.1\r\n\r\n"), "This port speaks TLS"));
  server.reload_certificates();
  CHECK(contains(lines.await(1).back(), "TLS certificates were read: " + files.chain));
}

TEST_CASE("several workers share the clients") {
  sentix::Server server("127.0.0.1", 0);
  Recorder threads;
  server.set_workers(2).set_ping_interval(0s).on("connection.open", [&](const sentix::Event&) {
    threads.add(std::to_string(std::hash<std::thread::id>()(std::this_thread::get_id())));
  });
  const RunningApp app(server);
  std::set<std::string> seen;
  for (std::size_t clients = 1; seen.size() < 2 && clients <= 200; ++clients) {
    const WsClient client = app.client();
    seen.insert(threads.await(clients).back());
  }
  CHECK(seen.size() == 2);
}

TEST_CASE("max_clients, and max_clients_per_address") {
  sentix::Server server("127.0.0.1", 0);
  std::string refusal;
  SUBCASE("of the server") {
    server.set_max_clients(1);
    refusal = "HTTP/1.1 503 ";
  }
  SUBCASE("of one address") {
    server.set_max_clients_per_address(1);
    refusal = "HTTP/1.1 429 ";
  }
  const RunningApp app(server);
  const WsClient client = app.client();
  CHECK(server.client_count() == 1);
  CHECK(response_to(server, WsClient::request_head({})).starts_with(refusal));
}

TEST_CASE("max_handshakes: the oldest goes first") {
  sentix::Server server("127.0.0.1", 0);
  server.set_max_handshakes(1);
  const RunningApp app(server);
  ClientSocket oldest(server.port());
  const WsClient client = app.client();
  CHECK(oldest.receive_all().find("101") == std::string::npos);
}

TEST_CASE("max_channels, and max_subscriptions") {
  sentix::Server server("127.0.0.1", 0);
  SUBCASE("channels") {
    server.set_max_channels(1);
  }
  SUBCASE("subscriptions of one client") {
    server.set_max_subscriptions(1);
  }
  const RunningApp app(server);
  WsClient client = app.client();
  CHECK(contains(answer_to_subscribe(client, "a"), "subscribed"));
  CHECK(contains(answer_to_subscribe(client, "b"), "limit_exceeded"));
}

TEST_CASE("command_rate") {
  sentix::Server server("127.0.0.1", 0);
  server.set_command_rate(1, 5);
  const RunningApp app(server);
  WsClient client = app.client();
  CHECK(contains(answer_to_subscribe(client, "a"), "subscribed"));
  CHECK(contains(answer_to_subscribe(client, "b"), "rate_limited"));
}

TEST_CASE("rate limits, of everybody and of a class, and principals of a class that there is none of") {
  Recorder warnings;
  sentix::Server server("127.0.0.1", 0);
  server.set_rate_limit("subscribes_per_connection", "1/h error")
      .set_rate_limit("subscribes_per_connection", "2/h close", "gold")
      .set_log([&](sentix::LogLevel level, std::string_view line) {
        if (level == sentix::LogLevel::warning) {
          warnings.add(std::string(line));
        }
      })
      .set_authenticator([](const sentix::Credentials& given) {
        return sentix::Principal{.user = "ann", .rate_class = given["class"].value_or("")};
      });
  const RunningApp app(server);
  const auto authenticate = [](WsClient& client, const std::string& rate_class) {
    client.send_text(R"({"type":"authenticate","id":1,"credentials":{"class":")" + rate_class + "\"}}");
    return client.receive_text();
  };
  WsClient client = app.client();
  CHECK(contains(answer_to_subscribe(client, "a"), "subscribed"));
  CHECK(contains(answer_to_subscribe(client, "b"), "rate.subscribes_per_connection is 1 an hour"));
  CHECK(contains(authenticate(client, "silver"), "were refused: rate.class.silver is not set."));
  CHECK(contains(warnings.await(1).back(), "rate.class.silver is not set"));
  CHECK(contains(authenticate(client, "gold"), "authenticated"));
  CHECK(contains(answer_to_subscribe(client, "b"), "subscribed"));
  CHECK(contains(authenticate(client, ""), "authenticated"));
  CHECK(contains(answer_to_subscribe(client, "c"), "rate.subscribes_per_connection is 1 an hour"));
  CHECK(contains(authenticate(client, "gold"), "authenticated"));
  CHECK(contains(answer_to_subscribe(client, "c"), "subscribed"));
  client.send_text(R"({"type":"subscribe","id":1,"channel":"d"})");
  const auto closed = client.receive();
  CHECK(closed.close_code == 4102);
  CHECK(closed.payload.ends_with("rate.class.gold.subscribes_per_connection is 2 an hour."));
}

TEST_CASE("compression is agreed with clients that offer it, unless it is switched off") {
  sentix::Server server("127.0.0.1", 0);
  std::string agreed = "Sec-WebSocket-Extensions: permessage-deflate";
  SUBCASE("by default") {}
  SUBCASE("switched off") {
    server.set_deflate(false);
    agreed = "Sec-WebSocket-Accept: ";
  }
  const RunningApp app(server);
  ClientSocket socket(server.port());
  socket.send(WsClient::request_head({.headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"}) +
              std::string("\x88\x80\x00\x00\x00\x00", 6));
  const std::string response = socket.receive_all();
  CHECK(contains(response, agreed));
  CHECK(contains(response, "Sec-WebSocket-Extensions") == contains(agreed, "Extensions"));
}

TEST_CASE("max_message_bytes") {
  sentix::Server server("127.0.0.1", 0);
  server.set_max_message_bytes(100);
  const RunningApp app(server);
  WsClient client = app.client();
  client.send_text(R"({"type":"ping","id":1})" + std::string(78, ' '));
  CHECK(client.receive_text() == R"({"type":"pong","id":1})");
  client.send_text(std::string(101, ' '));
  CHECK(client.receive_close().close_code == 1009);
}

TEST_CASE("outbox_bytes: who takes nothing is closed with 4101") {
  sentix::Server server("127.0.0.1", 0);
  std::atomic<bool> closed = false;
  server.set_max_message_bytes(1000).set_outbox_bytes(4000).on("connection.close",
                                                               [&](const sentix::Event&) { closed = true; });
  const RunningApp app(server);
  WsClient client(ClientSocket(server.port(), {.receive_buffer_bytes = 4096}));
  client.receive_text_with("welcome");
  answer_to_subscribe(client, "news");
  const std::string data = sentix::quote(std::string(1000, 'x'));
  while (!closed) {
    server.broadcast(data, "news");
  }
  CHECK(client.receive_close().close_code == 4101);
}

TEST_CASE("ping_interval and pong_timeout: who says nothing is pinged, and then closed with 4201") {
  sentix::Server server("127.0.0.1", 0);
  server.set_ping_interval(20ms).set_pong_timeout(20ms);
  const RunningApp app(server);
  WsClient client = app.client();
  CHECK(client.receive().kind == Kind::ping);
  CHECK(client.receive_close().close_code == 4201);
}

TEST_CASE("handshake_timeout") {
  sentix::Server server("127.0.0.1", 0);
  server.set_handshake_timeout(20ms);
  const RunningApp app(server);
  CHECK(response_to(server, "GET / HTTP/1.1\r\n").starts_with("HTTP/1.1 408 "));
}

TEST_CASE("required authentication, and its timeout") {
  sentix::Server server("127.0.0.1", 0);
  server.set_authenticator([](const sentix::Credentials&) { return true; }).require_authentication();
  SUBCASE("nothing is served before it") {
    const RunningApp app(server);
    WsClient client = app.client();
    CHECK(contains(answer_to_subscribe(client, "a"), "unauthenticated"));
    client.send_text(R"({"type":"authenticate","id":2,"credentials":{}})");
    CHECK(contains(client.receive_text(), "authenticated"));
    CHECK(contains(answer_to_subscribe(client, "a"), "subscribed"));
  }
  SUBCASE("who does not come to it is closed with 4108") {
    server.set_authentication_timeout(20ms);
    const RunningApp app(server);
    WsClient client = app.client();
    CHECK(client.receive_close().close_code == 4108);
  }
}

TEST_CASE("origins") {
  sentix::Server server("127.0.0.1", 0);
  server.set_origins({"https://chat.example"});
  const RunningApp app(server);
  CHECK(app.client({.headers = "Origin: https://chat.example\r\n"}).send_close());
  CHECK(response_to(server, WsClient::request_head({.headers = "Origin: https://evil.example\r\n"}))
            .starts_with("HTTP/1.1 403 "));
}

TEST_CASE("a page") {
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  sentix::Server server("127.0.0.1", 0);
  SUBCASE("is served with its policy") {
    server.set_page("<html>chat</html>", "default-src 'self'");
    const RunningApp app(server);
    const std::string response = response_to(server, request);
    CHECK(response.starts_with("HTTP/1.1 200 "));
    CHECK(contains(response, "default-src 'self'"));
    CHECK(response.ends_with("<html>chat</html>"));
  }
  SUBCASE("is none where none was given") {
    const RunningApp app(server);
    CHECK(response_to(server, request).starts_with("HTTP/1.1 426 "));
  }
}

TEST_CASE("a log takes lines, of each connection where debugging is on") {
  sentix::Server server("127.0.0.1", 0);
  Recorder lines;
  server.enable_debug().set_log([&](sentix::LogLevel level, std::string_view line) {
    lines.add((level == sentix::LogLevel::debug ? "debug " : "") + std::string(line));
  });
  const RunningApp app(server);
  WsClient client = app.client();
  client.send_close();
  client.receive_close();
  CHECK(contains(lines.await(1).back(), "127.0.0.1:"));
}

TEST_CASE("a Unix-domain socket") {
  const std::string path = std::filesystem::temp_directory_path() / ("sentix-settings-" + std::to_string(::getpid()));
  sentix::Server server("unix:" + path);
  const RunningApp app(server);
  CHECK(server.port() == 0);
  WsClient client{ClientSocket(path)};
  CHECK(contains(client.receive_text(), "welcome"));
}
