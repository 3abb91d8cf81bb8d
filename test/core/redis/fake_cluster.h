#pragma once

#include <doctest/doctest.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/redis/cluster_slots.h"
#include "core/redis/redis_calls.h"
#include "core/redis/redis_connection.h"
#include "core/redis/redis_reply_reader.h"
#include "core/redis/redis_shards.h"
#include "core/uv_handle.h"
#include "test/core/redis/turn_until.h"

namespace sentix::test {

using RedisWords = std::vector<std::string>;

inline std::string resp(const std::string& text) {
  return '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// A node of a Redis Cluster on a loopback port, on the test's loop, which says of itself what a connection wants to
// know, and to everything else what the test wants. No Redis does what its tests need at the moment that they need it.
class FakeClusterNode {
 public:
  // To a command: a whole reply of RESP; or nothing, and the connection is never answered again.
  using Handler = std::function<std::optional<std::string>(const RedisWords& command)>;

  explicit FakeClusterNode(uv_loop_t& loop)
      : loop_(loop),
        server_(
            core::make_uv_handle<uv_tcp_t>(this, [&loop](uv_tcp_t* server) { return uv_tcp_init(&loop, server); })) {
    sockaddr_in address{};
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_bind(server_.get(), reinterpret_cast<const sockaddr*>(&address), 0);
    uv_listen(reinterpret_cast<uv_stream_t*>(server_.get()), 16,
              [](uv_stream_t* server, int) { static_cast<FakeClusterNode*>(server->data)->accept(); });
    int size = sizeof(address);
    uv_tcp_getsockname(server_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string name() const { return "127.0.0.1:" + std::to_string(port_); }

  void hang_up() { connections_.clear(); }

  Handler handler = [](const RedisWords&) { return "+OK\r\n"; };
  std::uint16_t owner = 0;                   // of all slots: a port
  std::uint64_t epoch = 1;                   // of the map
  std::vector<RedisWords> carried_out = {};  // what was answered with +OK, and ASKING

 private:
  struct Connection {
    explicit Connection(FakeClusterNode& owner) : node(owner) {}

    FakeClusterNode& node;
    core::UvHandle<uv_tcp_t> socket;
    core::RedisReplyReader reader{std::size_t{1} << 20U};
    std::array<char, 65536> received{};
    bool silent = false;
  };

  void accept() {
    Connection& connection = connections_.emplace_back(*this);
    connection.socket =
        core::make_uv_handle<uv_tcp_t>(&connection, [this](uv_tcp_t* socket) { return uv_tcp_init(&loop_, socket); });
    uv_accept(reinterpret_cast<uv_stream_t*>(server_.get()), reinterpret_cast<uv_stream_t*>(connection.socket.get()));
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(connection.socket.get()),
        [](uv_handle_t* socket, std::size_t, uv_buf_t* into) {
          auto& received = static_cast<Connection*>(socket->data)->received;
          *into = uv_buf_init(received.data(), static_cast<unsigned>(received.size()));
        },
        [](uv_stream_t* socket, ssize_t count, const uv_buf_t*) {
          auto& from = *static_cast<Connection*>(socket->data);
          from.node.receive(from, count);
        });
  }

  void receive(Connection& connection, ssize_t count) {
    if (count < 0) {
      connections_.remove_if([&](const Connection& one) { return &one == &connection; });
      return;
    }
    connection.reader.feed(std::as_bytes(std::span(connection.received).first(static_cast<std::size_t>(count))));
    std::string out;
    core::RedisReply reply;  // a command looks like one
    while (connection.reader.next(reply) == core::RedisReplyReader::Next::reply) {
      RedisWords words;
      for (const core::RedisReply& word : reply.elements) {
        words.push_back(word.text);
      }
      const auto answer = connection.silent ? std::nullopt : answer_to(words);
      connection.silent = !answer;
      out += answer.value_or("");
    }
    uv_buf_t piece = uv_buf_init(out.data(), static_cast<unsigned>(out.size()));
    uv_try_write(reinterpret_cast<uv_stream_t*>(connection.socket.get()), &piece, 1);
  }

  std::optional<std::string> answer_to(const RedisWords& words) {
    const std::string& name = words.front();
    if (name == "PING" || name == "CLIENT" || name == "SCRIPT") {
      return "+OK\r\n";
    }
    if (name == "ROLE") {
      return "*1\r\n" + resp("master");
    }
    if (name == "INFO") {
      return resp("master_replid:" + std::string(40, 'a') + "\r\n");
    }
    if (name == "CLUSTER" && words.at(1) == "INFO") {
      return resp("cluster_current_epoch:" + std::to_string(epoch) + "\r\n");
    }
    if (name == "CLUSTER") {
      return "*1\r\n*3\r\n:0\r\n:" + std::to_string(core::kRedisSlots - 1) + "\r\n*2\r\n" + resp("127.0.0.1") + ':' +
             std::to_string(owner) + "\r\n";
    }
    auto answer = name == "ASKING" ? "+OK\r\n" : handler(words);
    if (answer == "+OK\r\n") {
      carried_out.push_back(words);
    }
    return answer;
  }

  uv_loop_t& loop_;
  core::UvHandle<uv_tcp_t> server_;
  std::list<Connection> connections_;
  std::uint16_t port_ = 0;
};

// Two nodes of which the first one has all slots, and who talks to them.
struct FakeCluster {
  uv_loop_t loop{};
  std::unique_ptr<FakeClusterNode> one;
  std::unique_ptr<FakeClusterNode> two;
  std::unique_ptr<core::RedisShards> shards;
  std::unique_ptr<core::RedisCalls> calls;
  std::function<void()> changed = [] {};   // a link or a barrier is ready, among other things
  std::function<void()> at_times = [] {};  // several times a second, while a test waits

  FakeCluster() {
    uv_loop_init(&loop);
    one = std::make_unique<FakeClusterNode>(loop);
    two = std::make_unique<FakeClusterNode>(loop);
    one->owner = two->owner = one->port();
    core::RedisConnectionOptions options{
        .url = {.kind = core::RedisUrl::Kind::cluster, .endpoints = {{"127.0.0.1", one->port()}}}};
    options.connect_timeout = options.reply_timeout = kPatience;
    options.unanswered_max = 1'000'000;
    shards = std::make_unique<core::RedisShards>(
        loop, options,
        core::RedisShards::Events{.commands_ready = [](core::RedisShard&) {},
                                  .changed =
                                      [this] {
                                        if (calls) {
                                          calls->changed();
                                        }
                                        changed();
                                      },
                                  .lost = [](const core::RedisShard&, const std::string&) {},
                                  .heard = [](std::string_view, std::string_view) {},
                                  .unheard = [](std::string_view, std::uint64_t) {}});
    calls = std::make_unique<core::RedisCalls>(loop, *shards);
    REQUIRE(until([this] { return has_commands(*one); }));
  }
  ~FakeCluster() {
    calls.reset();
    shards.reset();
    one.reset();
    two.reset();
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&loop) == 0);
  }
  FakeCluster(const FakeCluster&) = delete;
  FakeCluster& operator=(const FakeCluster&) = delete;

  [[nodiscard]] bool has_commands(const FakeClusterNode& node) const {
    const core::RedisShard* const owner = shards->owner(std::uint16_t{0});
    return owner != nullptr && owner->endpoint.port == node.port() && owner->commands != 0;
  }

  template <class Condition>
  bool until(Condition&& holds) {
    return turn_until(loop, std::forward<Condition>(holds), [this] { at_times(); });
  }
};

}  // namespace sentix::test
