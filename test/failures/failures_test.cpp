// Failure by counting: a scripted conversation is held once to count the server's system calls and allocations, and
// then once for each of them and each way in which it can fail. Whatever fails, the server goes on, closes what it
// opened, and the connections of others get every message in its order; only what is allocated to reach one of them may
// end that one, which so knows that it missed something.
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
#include <memory>
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

constexpr std::size_t kLargeBytes = 100'000;  // more than one read takes

core::Options options(unsigned workers) {
  core::Options options;
  options.workers = workers;
  options.page = "<html></html>";
  options.deflate.policy = {.server_context_takeover = true, .client_context_takeover = true};
  options.channels.emplace_back("room", channels::ChannelOptions{.persistent = true, .presence = true});
  return options;
}

std::string publish(const std::string& data) {
  return R"({"type":"publish","id":1,"channel":"room","data":")" + data + "\"}";
}

// A client that was there before and listens.
class Bystander {
 public:
  explicit Bystander(std::uint16_t port) : client_(port) {
    client_.send_text(R"({"type":"subscribe","id":1,"channel":"room"})");
    client_.receive_text_with("subscribed");
  }

  void say(const std::string& data) { client_.send_text(publish(data)); }

  // What was published up to `last`, in its order; of large ones the beginning. Nothing where the connection ended.
  std::optional<std::vector<std::string>> heard_until(const std::string& last) {
    std::vector<std::string> heard;
    do {
      const auto received = client_.receive();
      if (received.kind != Kind::text) {
        return std::nullopt;
      }
      if (const std::size_t at = received.payload.find(R"("data":")"); at != std::string::npos) {
        const std::size_t begin = at + 8;
        heard.push_back(
            received.payload.substr(begin, std::min<std::size_t>(received.payload.find('"', begin) - begin, 8)));
      }
    } while (heard.empty() || heard.back() != last);
    return heard;
  }

 private:
  WsClient client_;
};

// Waits for a message with `part` in it. False where an error comes instead, or the connection is over.
bool hears(WsClient& client, const std::string& part) {
  for (;;) {
    const auto received = client.receive();
    if (received.kind == Kind::text && received.payload.find(part) != std::string::npos) {
      return true;
    }
    const bool goes_on = received.kind == Kind::text || received.kind == Kind::pong;
    if (!goes_on || received.payload.find(R"("type":"error")") != std::string::npos) {
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
  if (!says(client, std::string(kLargeBytes, 'x'))) {
    return;
  }
  for (const std::string command : {"history", "presence", "unsubscribe"}) {
    client.send_text(R"({"type":")" + command + R"(","id":2,"channel":"room"})");
    if (!hears(client, R"("id":2)")) {
      return;
    }
  }
  client.send_close();
  hears(client, "nothing more");
}

// The life of a client that compresses. With context takeover, so that nothing of what it takes is there before.
void live_compressed(std::uint16_t port, std::vector<std::string>& acknowledged) {
  WsClient client(port, {.headers = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"});
  client.send_text(R"({"type":"subscribe","id":1,"channel":"room"})");
  const std::string data = "squeezed" + std::string(kLargeBytes, 'y');
  if (!hears(client, "subscribed") || !client.send_compressed(publish(data))) {
    return;
  }
  if (!hears(client, R"("type":"published")")) {
    return;
  }
  acknowledged.push_back(data.substr(0, 8));
  if (hears(client, data)) {
    client.send_close();
    hears(client, "nothing more");
  }
}

void ask(std::uint16_t port, const std::string& request) {
  ClientSocket socket(port);
  socket.send(request);
  socket.receive_all();
}

// What the failure may happen to: two lives, a page, a refusal.
std::vector<std::string> converse(std::uint16_t port) {
  std::vector<std::string> acknowledged;
  for (const auto& life : {live, live_compressed}) {
    try {
      life(port, acknowledged);
    } catch (const std::exception& ended) {  // in the handshake; but nothing is waited for in vain
      CHECK(std::string(ended.what()).find("timeout") == std::string::npos);
    }
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

// Whether all of `few` is in `many`, in the same order.
bool in_order(const std::vector<std::string>& few, const std::vector<std::string>& many) {
  auto at = many.begin();
  return std::all_of(few.begin(), few.end(), [&](const std::string& each) {
    at = std::find(at, many.end(), each);
    return at != many.end() && (++at, true);
  });
}

// What the bystander heard of a conversation was said in it, and is all that was acknowledged, in its order. False
// where its connection ended: then it knows that it may have missed something.
bool still_hears(Bystander& bystander, const std::vector<std::string>& acknowledged) {
  bystander.say("the end");
  auto heard = bystander.heard_until("the end");
  if (!heard) {
    return false;
  }
  heard->pop_back();
  CHECK(in_order(*heard, {"small", "pieces", std::string(8, 'x'), "squeezed"}));
  CHECK(in_order(acknowledged, *heard));
  return true;
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
    case Call::allocate:
      return {ENOMEM};
  }
  return {};
}

void fail_every_call(unsigned workers) {
  RunningServer server(options(workers));
  auto bystander = std::make_unique<Bystander>(server.port());
  const std::size_t descriptors = open_descriptors();
  std::array<std::size_t, test::kCalls.size()> counts{};
  {
    const FailingCalls calls;
    CHECK(converse(server.port()).size() == 4);
    for (const Call call : test::kCalls) {
      counts[static_cast<std::size_t>(call)] = calls.count(call);
    }
  }
  CHECK(still_hears(*bystander, {}));
  await_descriptors(descriptors);

  std::size_t failures = 0;
  std::size_t bystanders_lost = 0;
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
        ++failures;
        if (!still_hears(*bystander, acknowledged)) {
          CHECK(call == Call::allocate);  // that of what the bystander was to get
          ++bystanders_lost;
          bystander.reset();
          bystander = std::make_unique<Bystander>(server.port());
        }
        await_descriptors(descriptors);
      }
    }
  }
  MESSAGE(workers << " workers, " << failures << " failures: of " << counts[0] << " accepts, " << counts[1]
                  << " receives, " << counts[2] << " sends, " << counts[3] << " watches, " << counts[4]
                  << " allocations; a bystander was closed in " << bystanders_lost);
}

}  // namespace

TEST_CASE("whichever call fails, in whichever way, the server goes on and keeps nothing") {
  fail_every_call(1);
  fail_every_call(2);
}
