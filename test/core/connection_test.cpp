// Connections over real sockets, from the first byte to the last, on a whole server.
#include "core/connection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "auth/user_list.h"
#include "test/support/running_server.h"
#include "test/support/temporary_folder.h"
#include "test/support/ws_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using test::ClientSocket;
using test::RunningServer;
using test::TemporaryFolder;
using test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

core::Options echo() {
  core::Options options;
  options.service = core::Service::echo;
  options.max_clients = 0;
  return options;
}

std::string http(std::uint16_t port, std::string_view request) {
  ClientSocket socket(port);
  socket.send(request);
  return socket.receive_all();
}

constexpr std::string_view kPageRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string publish(const std::string& text) {
  return R"({"type":"publish","channel":"general","data":")" + text + R"("})";
}

// Judges by what `judge` does.
class AuthenticatorStub final : public auth::Authenticator {
 public:
  using Judge = std::function<void(auth::AuthenticationDone)>;
  explicit AuthenticatorStub(Judge judge) : judge_(std::move(judge)) {}
  void authenticate(const auth::Credentials&, auth::AuthenticationDone done) override { judge_(std::move(done)); }

 private:
  Judge judge_;
};

void subscribe(WsClient& client) {
  client.send_text(R"({"type":"subscribe","id":1,"channel":"general"})");
  client.receive_text_with("subscribed");
}

}  // namespace

TEST_CASE("echo gives back messages of every size, whole, fragmented and pipelined") {
  core::Options options = echo();
  options.max_message_bytes = 32 << 20;
  RunningServer server(options);
  WsClient client(server.port());
  for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 65535UL, 65536UL, 300000UL, 5UL << 20}) {
    const std::string text(size, 'x');
    client.send_frame(protocol::Opcode::binary, text);
    const auto received = client.receive();
    CHECK(received.kind == Kind::binary);
    CHECK(received.payload == text);
  }
  client.send_frame(protocol::Opcode::text, "frag", false);
  client.send_frame(protocol::Opcode::ping, "in between");
  client.send_frame(protocol::Opcode::continuation, "ments");
  CHECK(client.receive() == WsClient::Received{.kind = Kind::pong, .payload = "in between"});
  CHECK(client.receive_text() == "fragments");

  std::vector<std::byte> many;
  for (int i = 0; i < 500; ++i) {
    protocol::append_client_frame(many, protocol::Opcode::text, true, {}, test::as_bytes(std::to_string(i)));
  }
  client.socket().send(many);
  for (int i = 0; i < 500; ++i) {
    CHECK(client.receive_text() == std::to_string(i));
  }
}

TEST_CASE("echo to a client that reads late waits, is complete and in order") {
  core::Options options = echo();
  options.outbox_soft_bytes = 64 * 1024;
  RunningServer server(options);
  WsClient client(ClientSocket(server.port(), {.receive_buffer_bytes = 4096}));
  // More than the sockets between them hold: the server has to stop reading, and so the client to stop sending.
  std::thread sender([&client] {
    for (int i = 0; i < 400; ++i) {
      client.send_text(std::to_string(i) + std::string(50'000, '.'));
    }
  });
  for (int i = 0; i < 400; ++i) {
    const std::string text = client.receive_text();
    REQUIRE(text.size() > 50'000);
    REQUIRE(text.substr(0, text.find('.')) == std::to_string(i));
  }
  sender.join();
}

TEST_CASE("the close handshake: the code comes back, and the server closes first") {
  RunningServer server(echo());
  for (const int number : {1000, 1001, 3000, 4999}) {
    const auto code = static_cast<std::uint16_t>(number);
    WsClient client(server.port());
    client.send_close(code, "bye");
    CHECK(client.receive_close().close_code == code);
    CHECK(client.receive().kind == Kind::ended);
  }
  WsClient client(server.port());
  client.send_close(1005);
  CHECK(client.receive_close().close_code == 1002);
  CHECK(client.receive().kind == Kind::ended);
}

TEST_CASE("a violation is closed with its code although the client goes on sending") {
  core::Options options = echo();
  options.max_message_bytes = 1000;
  RunningServer server(options);
  WsClient client(server.port());
  const std::string large(1'000'000, 'x');
  client.send_frame(protocol::Opcode::binary, large);
  client.send_frame(protocol::Opcode::binary, large);
  const auto received = client.receive_close();
  CHECK(received.close_code == 1009);
  CHECK(received.payload.find("max_message_bytes is 1000") != std::string::npos);
}

TEST_CASE("a refusal arrives although the client goes on sending") {
  RunningServer server(echo());
  ClientSocket socket(server.port());
  socket.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'x'));
  CHECK(socket.receive_all().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("frames in the same segment as the request are not lost, and a head may come byte by byte") {
  RunningServer server(echo());
  ClientSocket socket(server.port());
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, protocol::Opcode::text, true, {}, test::as_bytes("early"));
  std::string request = WsClient::request_head({.path = "/ws"}) + test::as_text(frame);
  for (const char byte : request.substr(0, 100)) {
    socket.send(std::string_view(&byte, 1));
  }
  socket.send(request.substr(100));
  std::string all;
  std::array<std::byte, 4096> buffer;
  while (all.find("early") == std::string::npos) {
    const auto received = socket.receive(buffer);
    REQUIRE(received.ending == ClientSocket::Ending::none);
    all += test::as_text(std::span(buffer).first(received.bytes));
  }
  CHECK(all.starts_with("HTTP/1.1 101 "));
}

TEST_CASE(
    "the page is served where there is one, else an upgrade is asked for; a client may half-close after its request") {
  core::Options options;
  CHECK(http(RunningServer(options).port(), kPageRequest).starts_with("HTTP/1.1 426 "));
  options.page = "<html>chat</html>";
  options.page_policy = "default-src 'self'";
  RunningServer server(options);
  ClientSocket socket(server.port());
  socket.send(kPageRequest);
  socket.shut_down_sending();
  const std::string response = socket.receive_all();
  CHECK(response.starts_with("HTTP/1.1 200 "));
  CHECK(response.find("default-src 'self'") != std::string::npos);
  CHECK(response.ends_with("<html>chat</html>"));
  CHECK(http(server.port(), "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

TEST_CASE("what only WebSockets may open asks for an upgrade, with a page and without one") {
  core::Options options;
  for (const char* page : {"", "<html>chat</html>"}) {
    options.page = page;
    RunningServer server(options);
    CHECK(http(server.port(), "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 426 "));
    CHECK(http(server.port(), "GET /ws/ HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
  }
}

TEST_CASE("an authenticator that throws, whatever it throws, lets nobody see the page") {
  core::Options options;
  options.page = "<html>chat</html>";
  options.policy.authenticator = std::make_shared<AuthenticatorStub>([](const auto&) { throw 42; });
  RunningServer server(options);
  CHECK(http(server.port(), "GET /?token=x HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 401 "));
}

TEST_CASE("what is thrown while a connection is served ends that connection alone") {
  std::vector<std::string> errors;
  core::Options options = echo();
  options.debug = true;
  options.log = [&errors, thrown = false](const core::LogLine& line) mutable {
    if (!std::exchange(thrown, true)) {
      throw std::bad_alloc();
    }
    if (line.level == core::LogLevel::error) {
      errors.emplace_back(line.text);
    }
  };
  {
    RunningServer server(options);
    WsClient other(server.port());
    WsClient client(server.port());
    client.send_close();
    CHECK(client.receive().kind == Kind::ended);
    other.send_text("still there");
    CHECK(other.receive_text() == "still there");
  }
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].find("bad_alloc") != std::string::npos);
}

TEST_CASE("a handshake that is not finished in time is told so") {
  core::Options options = echo();
  options.handshake_timeout = 100ms;
  RunningServer server(options);
  CHECK(http(server.port(), "GET / HT").starts_with("HTTP/1.1 408 "));
}

TEST_CASE("the oldest unfinished handshake makes room for the newest") {
  core::Options options = echo();
  options.max_handshakes = 2;
  RunningServer server(options);
  ClientSocket oldest(server.port());
  oldest.send("GET");
  ClientSocket second(server.port());
  second.send("GET");
  ClientSocket third(server.port());
  third.send("GET");
  CHECK(oldest.receive_all().starts_with("HTTP/1.1 503 "));
  third.send(" / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(third.receive_all().starts_with("HTTP/1.1 426 "));
}

TEST_CASE("max_handshakes is one count over all workers, and only who is over it makes one go") {
  const TemporaryFolder folder;
  const std::string path = folder.path("sentix.sock");  // whose connections the workers get in turn
  core::Options options = echo();
  options.host = "unix:" + path;
  options.workers = 2;
  options.max_handshakes = 3;
  RunningServer server(options);
  std::vector<std::unique_ptr<ClientSocket>> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(std::make_unique<ClientSocket>(path));
    waiting.back()->send("GET");
  }
  CHECK(waiting[1]->receive_all().starts_with("HTTP/1.1 503 "));
  for (const std::size_t within : {0, 2, 3}) {
    CAPTURE(within);
    waiting[within]->send(" / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(waiting[within]->receive_all().starts_with("HTTP/1.1 426 "));
  }
}

TEST_CASE("who was refused and stays makes room for those who come") {
  core::Options options = echo();
  options.max_handshakes = 3;
  options.close_timeout = 1h;
  RunningServer server(options);
  std::vector<std::unique_ptr<ClientSocket>> refused;
  for (int i = 0; i < 10; ++i) {
    refused.push_back(std::make_unique<ClientSocket>(server.port()));
    refused.back()->send("nonsense\r\n\r\n");
    std::array<std::byte, 12> status;
    refused.back()->receive(status);
    CHECK(test::as_text(status) == "HTTP/1.1 400");
  }
  // The server would wait an hour for this one to close, too.
  const auto sends_in_vain = [](ClientSocket& socket) { return !socket.send("x"); };
  while (!sends_in_vain(*refused.front())) {
    std::this_thread::yield();
  }
  CHECK_NOTHROW(WsClient(server.port()));
}

TEST_CASE("a full server refuses before the upgrade, and has room again when somebody has left") {
  core::Options options;
  options.max_clients = 1;
  RunningServer server(options);
  {
    WsClient first(server.port());
    first.receive_text_with("welcome");
    CHECK_THROWS_WITH_AS(WsClient(server.port()), doctest::Contains("HTTP/1.1 503 "), std::runtime_error);
    first.socket().reset();
  }
  while (server->client_count() > 0) {
    std::this_thread::yield();
  }
  CHECK_NOTHROW(WsClient(server.port()));
}

TEST_CASE("silence is answered with a ping, and the lack of a pong with 4201") {
  core::Options options = echo();
  options.ping_interval = 100ms;
  options.pong_timeout = 100ms;
  RunningServer server(options);
  WsClient client(server.port());
  CHECK(client.receive().kind == Kind::ping);
  client.send_frame(protocol::Opcode::pong, "");
  CHECK(client.receive().kind == Kind::ping);
  const auto received = client.receive_close();
  CHECK(received.close_code == 4201);
}

TEST_CASE("a worker that was held up pings before it takes a silent client for dead") {
  core::Options options;
  options.ping_interval = 50ms;
  options.pong_timeout = 1000ms;
  options.policy.authenticator = std::make_shared<AuthenticatorStub>([](const auto& done) {
    std::this_thread::sleep_for(1200ms);
    done(std::make_shared<const auth::Principal>(auth::Principal{.user = "ann", .info = {}, .grants = {}}));
  });
  RunningServer server(options);
  WsClient client(server.port(), {.path = "/ws?token=x"});
  client.receive_text_with("welcome");
  CHECK(client.receive().kind == Kind::ping);
  client.send_frame(protocol::Opcode::pong, "");
  CHECK(client.receive().kind == Kind::ping);
}

TEST_CASE("a client that still takes what waits for it is not asked for a pong meanwhile") {
  core::Options options;
  options.ping_interval = 50ms;
  options.pong_timeout = 1000ms;
  RunningServer server(options);
  WsClient client(ClientSocket(server.port(), {.receive_buffer_bytes = 4096}));
  subscribe(client);
  const std::string filler(50'000, '.');
  for (int i = 0; i < 200; ++i) {
    server->broadcast('"' + filler + '"', "general");
  }
  std::this_thread::sleep_for(1300ms);
  client.send_text(R"({"type":"ping","id":1})");
  for (int messages = 0; messages < 200 + 1;) {
    const auto received = client.receive();
    if (received.kind == Kind::ping) {
      client.send_frame(protocol::Opcode::pong, "");
    } else {
      REQUIRE(received.kind == Kind::text);
      ++messages;
    }
  }
}

TEST_CASE("who does not say in time who it is, is closed with 4108") {
  core::Options options;
  options.policy.auth_enabled = true;
  options.policy.authenticator = std::make_shared<auth::UserList>(std::vector<auth::User>{});
  options.authentication_timeout = 100ms;
  RunningServer server(options);
  WsClient client(server.port());
  CHECK(client.receive_close().close_code == 4108);
}

TEST_CASE("an authenticator that does not answer in time is not waited for; the client's close frame behind is seen") {
  std::vector<auth::AuthenticationDone> never_called;
  core::Options options;
  options.close_timeout = 60s;
  options.authentication_timeout = 100ms;
  options.policy.authenticator = std::make_shared<AuthenticatorStub>(
      [&never_called](auth::AuthenticationDone done) { never_called.push_back(std::move(done)); });
  RunningServer server(options);
  const auto give_up_on = [](WsClient& client) {
    client.send_text(R"({"type":"ping"})");
    client.send_close();
    CHECK(client.receive_close().close_code == 4108);
    CHECK(client.receive().kind == Kind::ended);
  };
  WsClient with_credential(server.port(), {.path = "/ws?token=x"});
  give_up_on(with_credential);
  WsClient with_command(server.port());
  with_command.receive_text_with("welcome");
  with_command.send_text(R"({"type":"authenticate","credentials":{}})");
  give_up_on(with_command);
}

TEST_CASE("a slow reader that has taken everything is waited for no longer than the others") {
  core::Options options;
  options.max_message_bytes = 100'000;
  options.outbox_hard_bytes = 200'000;
  options.close_timeout = 200ms;
  options.stall_timeout = 60s;
  options.ping_interval = 0ms;
  RunningServer server(options);
  WsClient client(ClientSocket(server.port(), {.receive_buffer_bytes = 4096}));
  subscribe(client);
  for (int i = 0; i < 400; ++i) {
    server->broadcast('"' + std::string(50'000, '.') + '"', "general");
  }
  std::this_thread::sleep_for(300ms);
  CHECK(client.receive_close().close_code == 4101);
  CHECK(client.receive().kind != Kind::text);  // the end, although it never answers
}

TEST_CASE("a peer that never answers a close frame is dropped at the deadline") {
  core::Options options;
  options.close_timeout = 100ms;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  client.send_frame(protocol::Opcode::binary, "x");
  CHECK(client.receive_close().close_code == 1003);
  CHECK(client.receive().kind != Kind::text);  // the end, without our close frame
  while (server->client_count() > 0) {
    std::this_thread::yield();
  }
}

TEST_CASE("a reader that stops is closed with 4101 and sees why, while the others miss nothing") {
  core::Options options;
  options.workers = 2;
  options.max_message_bytes = 100'000;
  options.outbox_hard_bytes = 400'000;
  RunningServer server(options);
  WsClient publisher(server.port());
  subscribe(publisher);
  WsClient reader(server.port());
  subscribe(reader);
  WsClient slow(ClientSocket(server.port(), {.receive_buffer_bytes = 4096}));
  subscribe(slow);
  const std::string filler(50'000, '.');
  constexpr int kMessages = 400;
  for (int i = 0; i < kMessages; ++i) {
    publisher.send_text(publish(std::to_string(i) + filler));
    publisher.receive_text_with("message");
    REQUIRE(reader.receive_text().find("\"data\":\"" + std::to_string(i) + ".") != std::string::npos);
  }
  int seen = 0;
  for (;;) {
    const auto received = slow.receive();
    if (received.kind == Kind::close) {
      CHECK(received.close_code == 4101);
      break;
    }
    REQUIRE(received.kind == Kind::text);
    REQUIRE(received.payload.find("\"data\":\"" + std::to_string(seen++) + ".") != std::string::npos);
  }
  CHECK(seen < kMessages);
}

// More than the kernel takes for both sides, so that the sender comes to stand still before it is through.
TEST_CASE("a client that does not read its replies is not read from, and loses none of them") {
  core::Options options;
  options.outbox_soft_bytes = 20'000;
  RunningServer server(options);
  WsClient client(server.port());
  client.receive_text_with("welcome");
  constexpr int kBatches = 1000;
  constexpr int kPings = 500;
  std::atomic<int> batches{0};
  std::thread sender([&client, &batches] {
    for (int batch = 0; batch < kBatches; ++batch, ++batches) {
      std::vector<std::byte> frames;
      for (int i = 0; i < kPings; ++i) {
        const std::string ping = R"({"type":"ping","id":)" + std::to_string(batch * kPings + i) + "}";
        protocol::append_client_frame(frames, protocol::Opcode::text, true, {}, test::as_bytes(ping));
      }
      client.socket().send(frames);
    }
  });
  for (int before = -1; before != batches;) {
    before = batches;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  CHECK(batches < kBatches);
  for (int i = 0; i < kBatches * kPings; ++i) {
    if (const std::string pong = client.receive_text(); pong != R"({"type":"pong","id":)" + std::to_string(i) + "}") {
      FAIL_CHECK("instead of pong ", i, ": ", pong);
      client.socket().reset();  // so that the sender ends
      break;
    }
  }
  sender.join();
}

TEST_CASE("clients that vanish in any state leave nothing behind") {
  core::Options options;
  options.workers = 2;
  RunningServer server(options);
  for (int round = 0; round < 20; ++round) {
    { ClientSocket connected(server.port()); }
    ClientSocket half(server.port());
    half.send("GET / HTTP/1.1\r\nHo");
    half.reset();
    WsClient subscribed(server.port());
    subscribe(subscribed);
    WsClient in_frame(server.port());
    in_frame.socket().send(std::string_view("\x81\xFE\x10", 3));
    in_frame.socket().reset();
    WsClient in_message(server.port());
    in_message.send_frame(protocol::Opcode::text, "begun", false);
    in_message.socket().reset();
    WsClient closing(server.port());
    closing.send_close();
    closing.socket().reset();
    subscribed.socket().reset();
  }
  while (server->client_count() > 0) {
    std::this_thread::yield();
  }
  WsClient after(server.port());
  subscribe(after);
  after.send_text(publish("still here"));
  CHECK(after.receive_text().find("still here") != std::string::npos);
}
