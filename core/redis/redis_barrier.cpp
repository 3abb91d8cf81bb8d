#include "core/redis/redis_barrier.h"

#include <utility>

#include "core/redis/redis_info.h"
#include "core/redis_options.h"

namespace sentix::core {
namespace {

constexpr std::string_view kKeptMs = "60000";  // of the key, which nobody reads

}  // namespace

RedisBarrier::RedisBarrier(uv_loop_t& loop, const RedisConnectionOptions& options, std::function<void()> ready)
    : loop_(loop), options_(options), ready_(std::move(ready)) {
  options_.reply_timeout += kRedisSyncTimeoutMax;
}

bool RedisBarrier::ready() {
  if (!connection_) {
    connection_ = std::make_unique<RedisConnection>(loop_, options_,
                                                    [this](RedisConnection::State state, std::string_view /*why*/) {
                                                      if (state == RedisConnection::State::ready) {
                                                        ready_();
                                                      }
                                                    });
  }
  return connection_->state() == RedisConnection::State::ready && !answer_ && useless_.empty();
}

void RedisBarrier::tend() {
  if (!useless_.empty()) {
    give_up(std::exchange(useless_, {}));
  }
}

void RedisBarrier::ask(const std::string& key, unsigned replicas, std::chrono::milliseconds timeout, Answer answer) {
  answer_ = std::move(answer);
  told_ = {};
  const auto note_error = [this](const RedisReply* reply) {
    if (reply != nullptr && reply->is_error() && told_.error.empty()) {
      told_.error = reply->text;
    }
  };
  connection_->send({"SET", key, "", "PX", kKeptMs}, note_error);
  connection_->send({"WAIT", std::to_string(replicas), std::to_string(timeout.count())},
                    [this, note_error](const RedisReply* reply) {
                      note_error(reply);
                      told_.replicas = reply != nullptr ? static_cast<std::uint64_t>(reply->integer) : 0;
                    });
  connection_->send({"INFO", "replication"}, [this, note_error](const RedisReply* reply) {
    note_error(reply);
    conclude(reply);
  });
}

void RedisBarrier::conclude(const RedisReply* info) {
  const Answer answer = std::exchange(answer_, nullptr);
  if (info == nullptr) {
    answer(nullptr);
    return;
  }
  told_.run = redis_info_field(info->text, "master_replid");
  const Told told = std::move(told_);
  answer(&told);
}

void RedisBarrier::give_up(const std::string& why) {
  if (connection_) {
    connection_->give_up(why);
  }
}

}  // namespace sentix::core
