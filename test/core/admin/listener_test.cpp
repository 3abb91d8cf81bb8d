#include "core/admin/listener.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <system_error>

#include "core/server.h"
#include "test/support/client_socket.h"
#include "test/support/cuts.h"
#include "test/support/running_server.h"

using namespace sentix;
using test::ClientSocket;

namespace {

core::Options options() {
  core::Options options;
  options.admin.address = "127.0.0.1:0";
  options.channels.emplace_back("kept", channels::ChannelOptions{.persistent = true});
  return options;
}

std::string get(std::string_view path, std::string_view more = "Connection: close\r\n") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

std::string publish(std::string_view body) {
  return "POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string ask(std::uint16_t port, std::string_view request) {
  ClientSocket client(port);
  REQUIRE(client.send(request));
  return client.receive_all();
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("a server with an admin listener tells of itself") {
  test::RunningServer server(options());
  const std::uint16_t port = server->admin_port();
  REQUIRE(port != 0);
  CHECK(ask(port, get("/health")).ends_with("\r\n\r\n{\"status\":\"ok\"}"));
  CHECK(ask(port, get("/ready")).ends_with("\r\n\r\n{\"status\":\"ready\"}"));
  const std::string metrics = ask(port, get("/metrics"));
  CHECK(metrics.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(metrics.find("\nsentix_ready 1\n") != std::string::npos);
  CHECK(metrics.find("\nsentix_admin_answers_total{status=\"200\"} 2\n") != std::string::npos);
  CHECK(ask(port, get("/nothing")).starts_with("HTTP/1.1 404 Not Found\r\n"));
  const std::string by_post = ask(port, get("/api/publish"));
  CHECK(by_post.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  CHECK(by_post.find("\r\nAllow: POST\r\n") != std::string::npos);
}

TEST_CASE("without an address there is none") {
  test::RunningServer server{core::Options()};
  CHECK(server->admin_port() == 0);
}

TEST_CASE("requests on one connection are answered one after the other, however they are cut") {
  test::RunningServer server(options());
  const std::string three = get("/health", "") +
                            "POST /api/publish HTTP/1.1\r\nHost: [::1]\r\nContent-Type: application/json\r\n"
                            "Content-Length: 27\r\n\r\n{\"channel\":\"kept\",\"data\":1}" +
                            get("/ready");
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{50}, three.size()}) {
    CAPTURE(size);
    ClientSocket client(server->admin_port());
    for (const auto piece : test::pieces_of(test::as_bytes(three), size)) {
      REQUIRE(client.send(piece));
    }
    const std::string answers = client.receive_all();
    CHECK(count(answers, "HTTP/1.1 200 OK\r\n") == 3);
    CHECK(count(answers, "\r\nConnection: keep-alive\r\n") == 2);
    CHECK(count(answers, "{\"offset\":") == 1);
    CHECK(answers.ends_with("{\"status\":\"ready\"}"));
  }
}

TEST_CASE("HEAD gets the head alone") {
  test::RunningServer server(options());
  const std::string answer =
      ask(server->admin_port(), "HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(answer.find("\r\nContent-Length: 15\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("what is published is checked whole") {
  test::RunningServer server(options());
  struct Row {
    std::string_view body;
    std::string_view status;
    std::string_view says;
  };
  const Row rows[] = {
      {R"({"channel":"a","data":{}})", "200 OK", "\r\n\r\n{}"},
      {R"({"data":null,"channel":"kept"})", "200 OK", "{\"offset\":1,\"epoch\":\""},
      {R"({"channel":"kept","data":1,"key":"k"})", "200 OK", "{\"offset\":2,"},
      {R"({"channel":"kept","data":1,"key":"k"})", "200 OK", "{\"offset\":2,"},
      {R"({"channel":"kept","data":1,"key":""})", "400 Bad Request", "\\\"key\\\" must be"},
      {R"({"channel":"kept","data":1,"key":7})", "400 Bad Request", "\\\"key\\\" must be"},
      {R"({"channel":"kept"})", "400 Bad Request", "\\\"data\\\" must be given"},
      {R"({"channel":"*","data":1})", "400 Bad Request", "\\\"channel\\\" must be"},
      {R"({"channel":1,"data":1})", "400 Bad Request", "\\\"channel\\\" must be"},
      {R"({"channel":"a","data":1}})", "400 Bad Request", "not valid JSON"},
      {R"({"channel":"a","data":01})", "400 Bad Request", "not valid JSON"},
      {R"({"channel":"a","channel":"b","data":1})", "400 Bad Request", "only once"},
      {R"(["channel","data"])", "400 Bad Request", "one JSON object"},
      {"", "400 Bad Request", "not valid JSON"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const std::string answer = ask(server->admin_port(), publish(row.body));
    CHECK(answer.starts_with("HTTP/1.1 " + std::string(row.status) + "\r\n"));
    CHECK(answer.find(row.says) != std::string::npos);
  }
}

TEST_CASE("an address that is taken stops the start where it was asked for, and is a warning otherwise") {
  test::RunningServer first(options());
  core::Options second = options();
  second.port = 0;
  second.admin.address = "127.0.0.1:" + std::to_string(first->admin_port());
  core::Server insisting(second);
  std::string error;
  try {
    insisting.run();
  } catch (const std::system_error& thrown) {
    error = thrown.what();
  }
  CHECK(error.starts_with("admin (--admin): cannot listen on 127.0.0.1:"));

  std::string log;
  second.admin.insists = false;
  second.log = [&](const core::LogLine& line) { log += line.text; };
  test::RunningServer lenient(second);
  CHECK(lenient->admin_port() == 0);
  CHECK(log.find("there is no admin listener: admin (--admin): cannot listen on") != std::string::npos);
}

TEST_CASE("when there are too many connections, the one that has waited longest makes way") {
  core::Options two = options();
  two.admin.connections_max = 2;
  test::RunningServer server(two);
  ClientSocket first(server->admin_port());
  REQUIRE(first.send("GET /hea"));
  ClientSocket second(server->admin_port());
  CHECK(ask(server->admin_port(), get("/health")).ends_with("{\"status\":\"ok\"}"));
  CHECK(first.receive_all().empty());
  REQUIRE(second.send(get("/health")));
  CHECK(second.receive_all().ends_with("{\"status\":\"ok\"}"));
}

TEST_CASE("a request that does not arrive is answered 408") {
  core::Options hasty = options();
  hasty.admin.request_timeout = std::chrono::milliseconds(100);
  test::RunningServer server(hasty);
  CHECK(ask(server->admin_port(), "GET /health HT").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  std::string cut = publish("{}");
  cut.pop_back();
  CHECK(ask(server->admin_port(), cut).starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}
