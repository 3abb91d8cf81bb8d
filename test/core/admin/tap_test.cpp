#include "core/admin/tap.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/admin/tap_inbox.h"
#include "test/support/client_socket.h"
#include "test/support/running_server.h"

using namespace sentix;
using test::ClientSocket;

namespace {

channels::Publication publication(std::string_view text) {
  channels::Publication made;
  made.frame = protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(text)));
  return made;
}

std::string event(std::string_view data) {
  std::string out;
  core::append_event(out, "message", data);
  return out;
}

std::string get_tap(std::string_view channel) {
  return "GET /api/tap?channel=" + std::string(channel) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

// Reads until `end` has come; everything that came.
std::string receive_until(ClientSocket& client, std::string_view end) {
  std::string all;
  while (all.find(end) == std::string::npos) {
    char buffer[4096];
    const auto received = client.receive(std::as_writable_bytes(std::span(buffer)));
    REQUIRE(received.bytes > 0);
    all.append(buffer, received.bytes);
  }
  return all;
}

}  // namespace

TEST_CASE("what does not fit is counted, and what comes behind it as well") {
  int wakes = 0;
  core::TapInbox inbox(100, [&] { ++wakes; });
  const std::string large(60, 'x');
  for (const std::string_view text :
       {std::string_view("a"), std::string_view(large), std::string_view(large), std::string_view("b")}) {
    inbox.post(publication(text));
  }
  CHECK_FALSE(inbox.congested(1));
  CHECK(wakes == 1);
  const auto taken = inbox.take();
  CHECK(taken.frames.size() == 2);
  CHECK(taken.dropped == 2);
  CHECK(inbox.take().dropped == 0);
  inbox.post(publication(large));
  inbox.lose();
  CHECK(wakes == 2);
  const auto again = inbox.take();
  CHECK(again.frames.size() == 1);
  CHECK(again.dropped == 1);
}

TEST_CASE("where nobody can be woken the next one tries again") {
  bool fails = true;
  int wakes = 0;
  core::TapInbox inbox(100, [&] {
    if (fails) throw std::bad_alloc();
    ++wakes;
  });
  inbox.post(publication("a"));
  fails = false;
  inbox.post(publication("b"));
  CHECK(wakes == 1);
  CHECK(inbox.take().frames.size() == 2);
}

TEST_CASE("an event has one line of data for each line") {
  CHECK(event("{}") == "event: message\ndata: {}\n\n");
  CHECK(event("") == "event: message\ndata: \n\n");
  CHECK(event("{\n\"a\":1}") == "event: message\ndata: {\ndata: \"a\":1}\n\n");
  CHECK(event("[1,\r\n2]\r") == "event: message\ndata: [1,\ndata: \ndata: 2]\ndata: \n\n");
}

TEST_CASE("a tap hears what is published, and goes with its connection") {
  core::Options options;
  options.admin.address = "127.0.0.1:0";
  options.admin.taps_max = 1;
  test::RunningServer server(options);
  {
    ClientSocket tap(server->admin_port());
    REQUIRE(tap.send(get_tap("news")));
    const std::string head = receive_until(tap, "\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\nConnection: close\r\n"));
    CHECK(head.find("\r\nContent-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("Content-Length") == std::string::npos);
    server->broadcast("[1,\n2]", "news");
    const std::string heard = receive_until(tap, "\n\n");
    CHECK(heard == "event: message\ndata: {\"type\":\"message\",\"channel\":\"news\",\"data\":[1,\ndata: 2]}\n\n");

    ClientSocket second(server->admin_port());
    REQUIRE(second.send(get_tap("news")));
    const std::string refused = receive_until(second, "admin_taps is 1");
    CHECK(refused.starts_with("HTTP/1.1 429 "));
  }
  // Its end is noticed, and then there is room again.
  for (int attempt = 0;; ++attempt) {
    REQUIRE(attempt < 1000);
    ClientSocket next(server->admin_port());
    REQUIRE(next.send(get_tap("news")));
    if (receive_until(next, "\r\n\r\n").starts_with("HTTP/1.1 200 ")) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

TEST_CASE("who taps and does not read holds nobody up, and hears how much was left out") {
  core::Options options;
  options.admin.address = "127.0.0.1:0";
  options.admin.tap_bytes_max = 200'000;
  test::RunningServer server(options);
  ClientSocket tap(server->admin_port());
  REQUIRE(tap.send(get_tap("news")));
  receive_until(tap, "\r\n\r\n");
  const std::string large = '"' + std::string(100'000, 'x') + '"';
  for (int i = 0; i < 400; ++i) {  // more than the sockets' buffers take
    server->broadcast(large, "news");
  }
  const std::string heard = receive_until(tap, "event: dropped\ndata: ");
  CHECK(heard.find("event: message\n") != std::string::npos);
}

TEST_CASE("a tap of a channel that cannot be is refused") {
  core::Options options;
  options.admin.address = "127.0.0.1:0";
  options.channels.emplace_back("closed-*", channels::ChannelOptions{.auto_create = false});
  test::RunningServer server(options);
  for (const auto& [name, status] : {std::pair("closed-x", "404"), std::pair("%2A", "400"), std::pair("", "400")}) {
    const std::string channel = name;
    CAPTURE(channel);
    ClientSocket client(server->admin_port());
    REQUIRE(client.send(get_tap(channel)));
    CHECK(receive_until(client, "}").starts_with("HTTP/1.1 " + std::string(status)));
  }
}
