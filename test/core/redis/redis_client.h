#pragma once

#include <doctest/doctest.h>
#include <uv.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/redis/redis_connection.h"
#include "test/support/redis_server.h"

namespace sentix::test {

// Far longer than anything takes: a machine may be slow.
constexpr std::chrono::seconds kPatience{60};

// A loop with one connection, which the test turns until something holds.
class RedisClient {
 public:
  using State = core::RedisConnection::State;

  explicit RedisClient(core::RedisUrl url, std::chrono::milliseconds timeout = kPatience,
                       core::TlsClientOptions tls = {})
      : RedisClient(core::RedisConnectionOptions{
            .url = std::move(url), .tls = std::move(tls), .connect_timeout = timeout, .reply_timeout = timeout}) {}
  explicit RedisClient(core::RedisConnectionOptions options) {
    uv_loop_init(&loop_);
    options.backoff_first = std::chrono::milliseconds(10);
    options.backoff_max = std::chrono::milliseconds(100);
    connection_ =
        std::make_unique<core::RedisConnection>(loop_, std::move(options), [this](State state, std::string_view why) {
          states.push_back(state);
          if (state == State::waiting) {
            problem = why;
          }
        });
  }
  ~RedisClient() {
    connection_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&loop_) == 0);
  }

  core::RedisConnection* operator->() { return connection_.get(); }

  template <class Condition>
  bool until(Condition&& holds) {
    uv_timer_t tick;  // so that a turn ends where nothing happens
    uv_timer_init(&loop_, &tick);
    uv_timer_start(
        &tick, [](uv_timer_t*) {}, 5, 5);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!holds() && std::chrono::steady_clock::now() < end) {
      uv_run(&loop_, UV_RUN_ONCE);
    }
    bool closed = false;
    tick.data = &closed;
    uv_close(reinterpret_cast<uv_handle_t*>(&tick),
             [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
    while (!closed) {
      uv_run(&loop_, UV_RUN_NOWAIT);
    }
    return holds();
  }
  bool until(State state) {
    return until([&] { return connection_->state() == state; });
  }

  core::RedisReply ask(std::initializer_list<std::string_view> command) {
    std::optional<core::RedisReply> answer;
    CHECK(connection_->send(command, [&answer](const core::RedisReply* reply) {
      answer = reply != nullptr ? *reply : core::RedisReply{.type = core::RedisReply::Type::error, .text = "lost"};
    }));
    CHECK(until([&answer] { return answer.has_value(); }));
    return answer.value_or(core::RedisReply());
  }

  std::vector<State> states;
  std::string problem;

 private:
  uv_loop_t loop_;
  std::unique_ptr<core::RedisConnection> connection_;
};

inline core::RedisUrl url_of(const RedisServer& server) {
  return {.endpoints = {{"127.0.0.1", server.port()}}};
}

inline bool no_redis() {
  if (has_redis_server()) {
    return false;
  }
  MESSAGE("skipped: there is no redis-server");
  return true;
}

}  // namespace sentix::test
