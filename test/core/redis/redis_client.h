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
#include "test/core/redis/turn_until.h"
#include "test/support/redis_server.h"

namespace sentix::test {

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
    return turn_until(loop_, std::forward<Condition>(holds));
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
