// Failure by counting: a scripted conversation is held once to count the server's system calls, and then once for each
// of them and each way in which it can fail. Whatever fails, the server goes on, closes what it opened, and the
// connections of others get every message in its order.
//
// libuv's own later failures are not among them: where its epoll_ctl() or one of its allocations fails, it aborts the
// process by design.
#include <doctest/doctest.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "test/failures/failing_calls.h"
#include "test/support/running_server.h"
#include "test/support/ws_client.h"

using namespace sentix;
using test::Call;
using test::ClientSocket;
using test::FailingCalls;
using test::Failure;
using test::RunningServer;
using test::WsClient;
using Kind = WsClient::Received::Kind;

namespace {

constexpr std::size_t kLargeBytes = 300'000;  // more than one read takes, and one write

core::Options options() {
  core::Options options;
  options.page = "<html></html>";
  options.deflate.enabled = false;
  return options;
}

std::string publish(const std::string& data) {
  return R"({"type":"publish","id":1,"channel":"room","data":")" + data + "\"}";
}

// A client that was there before, listens, and must not notice anything.
class Bystander {
 public:
  explicit Bystander(std::uint16_t port) : client_(port) {
    client_.send_text(R"({"type":"subscribe","id":1,"channel":"room"})");
    client_.receive_text_with("subscribed");
  }

  void say(const std::string& data) { client_.send_text(publish(data)); }

  // What was published up to `last`, in its order; of large ones the beginning.
  std::vector<std::string> heard_until(const std::string& last) {
    std::vector<std::string> heard;
    do {
      const std::string text = client_.receive_text_with(R"("type":"message")");
      const std::size_t begin = text.find(R"("data":")") + 8;
      heard.push_back(text.substr(begin, std::min<std::size_t>(text.find('"', begin) - begin, 8)));
    } while (heard.back() != last);
    return heard;
  }

 private:
  WsClient client_;
};

// Waits for a message with `part` in it. False where the connection is over instead.
bool hears(WsClient& client, const std::string& part) {
  for (;;) {
    const auto received = client.receive();
    if (received.kind == Kind::text && received.payload.find(part) != std::string::npos) {
      return true;
    }
    if (received.kind == Kind::close || received.kind == Kind::ended || received.kind == Kind::reset) {
      return false;
    }
  }
}

// One client's life. What the server acknowledged is noted; where the connection ends earlier, so does the life.
void live(std::uint16_t port, std::vector<std::string>& acknowledged) {
  const auto says = [&](WsClient& client, const std::string& data) {
    const bool heard = client.send_text(publish(data)) && hears(client, R"("type":"published")");
    if (heard) {
      acknowledged.push_back(data.substr(0, 8));
    }
    return heard;
  };
  WsClient client(port);
  client.send_text(R"({"type":"subscribe","id":1,"channel":"room"})");
  if (!hears(client, "subscribed") || !says(client, "small")) {
    return;
  }
  const std::string message = publish("pieces");
  client.send_frame(protocol::Opcode::text, message.substr(0, 9), false);
  client.send_frame(protocol::Opcode::ping, "?");
  client.send_frame(protocol::Opcode::continuation, message.substr(9));
  if (!hears(client, R"("type":"published")")) {
    return;
  }
  acknowledged.emplace_back("pieces");
  if (says(client, std::string(kLargeBytes, 'x')) && client.send_close()) {
    hears(client, "nothing more");
  }
}

void ask(std::uint16_t port, const std::string& request) {
  ClientSocket socket(port);
  socket.send(request);
  socket.receive_all();
}

// What the failure may happen to: a life, a page, a refusal.
std::vector<std::string> converse(std::uint16_t port) {
  std::vector<std::string> acknowledged;
  try {
    live(port, acknowledged);
  } catch (const std::exception& ended) {  // in the handshake; but nothing is waited for in vain
    CHECK(std::string(ended.what()).find("timeout") == std::string::npos);
  }
  ask(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ask(port, "GET / HTTP/1.1\r\n\r\n");
  return acknowledged;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void await_descriptors(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (open_descriptors() != count && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(open_descriptors() == count);
}

// What the bystander heard of a conversation is a beginning of what was said in it, and all that was acknowledged.
void check_heard(Bystander& bystander, const std::vector<std::string>& acknowledged) {
  bystander.say("the end");
  std::vector<std::string> heard = bystander.heard_until("the end");
  heard.pop_back();
  const std::vector<std::string> all{"small", "pieces", std::string(8, 'x')};
  REQUIRE(heard.size() <= all.size());
  CHECK(std::equal(heard.begin(), heard.end(), all.begin()));
  CHECK(heard.size() >= acknowledged.size());
}

// In which ways a call can fail while the server goes on.
std::vector<std::optional<int>> errors_of(Call call) {
  switch (call) {
    case Call::accept:
      return {EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EINTR, EAGAIN};
    case Call::receive:
      return {ECONNRESET, ETIMEDOUT, ENOMEM, EINTR, EAGAIN, std::nullopt};
    case Call::send:
      return {EPIPE, ECONNRESET, ENOBUFS, ENOMEM, EINTR, EAGAIN, std::nullopt};
    case Call::watch:
      return {UV_ENOMEM, UV_EMFILE};
  }
  return {};
}

}  // namespace

TEST_CASE("whichever system call fails, in whichever way, nobody else notices and nothing is kept") {
  RunningServer server(options());
  Bystander bystander(server.port());
  const std::size_t descriptors = open_descriptors();
  std::array<std::size_t, test::kCalls.size()> counts{};
  {
    const FailingCalls calls;
    CHECK(converse(server.port()).size() == 3);
    for (const Call call : test::kCalls) {
      counts[static_cast<std::size_t>(call)] = calls.count(call);
    }
  }
  check_heard(bystander, {});
  await_descriptors(descriptors);

  std::size_t failures = 0;
  for (const Call call : test::kCalls) {
    const std::size_t count = counts[static_cast<std::size_t>(call)];
    CHECK(count >= 3);  // connections
    for (std::size_t nth = 1; nth <= count; ++nth) {
      for (const std::optional<int> error : errors_of(call)) {
        CAPTURE(static_cast<int>(call));
        CAPTURE(nth);
        CAPTURE(error.value_or(0));
        std::vector<std::string> acknowledged;
        {
          const FailingCalls calls(Failure{.call = call, .nth = nth, .error = error});
          acknowledged = converse(server.port());
        }
        check_heard(bystander, acknowledged);
        await_descriptors(descriptors);
        ++failures;
      }
    }
  }
  MESSAGE(failures << " failures: of " << counts[0] << " accepts, " << counts[1] << " receives, " << counts[2]
                   << " sends, " << counts[3] << " watches");
}
