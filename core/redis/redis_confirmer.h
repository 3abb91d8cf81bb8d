#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "channels/broker.h"
#include "core/redis/redis_barrier.h"
#include "core/redis/redis_calls.h"
#include "core/redis/redis_complaints.h"
#include "core/redis/redis_keys.h"
#include "core/redis/redis_shards.h"
#include "core/redis_options.h"

namespace sentix::core {

// What synced channels have stored becomes visible here: a round asks one Redis whether enough replicas have it
// (RedisBarrier), and then a script publishes it (RedisScripts::confirm). A round is for all channels of that Redis for
// which something has come meanwhile, and the next one begins when it is over.
//
// A round that proves one publication proves all that were stored before it, whoever has stored them: replicas have
// everything in one order. So what nobody confirms, because its node has died or there were too few replicas, is
// confirmed with what is published next; and by every reader that finds it, each second until there are enough.
//
// Belongs to the broker's thread.
class RedisConfirmer {
 public:
  using Then = std::function<void(const channels::Broker::Published&)>;

  // All of them outlive it.
  RedisConfirmer(uv_loop_t& loop, RedisShards& shards, RedisCalls& calls, RedisKeys& keys, RedisComplaints& complaints,
                 const RedisOptions& options);

  // Up to `stored` it is to be confirmed; up to `safe` it is. `then` is told ok, unsafe or unknown, behind those of the
  // channel that came before: at the latest when two rounds are over that find too few replicas, or Redis could not be
  // asked for as long and kRedisTimeout. It does not throw, and calls nothing here.
  void confirm(const std::string& channel, const channels::ChannelRules::Rule& rule, const channels::Position& stored,
               std::uint64_t safe, Then then);
  // `then` is told ok, behind all that came before.
  void in_turn(const std::string& channel, Then then);
  // A reader sees the channel up to `top`, and it is stored up to `stored`.
  void found(const std::string& channel, const channels::ChannelRules::Rule& rule, const channels::Position& top,
             std::uint64_t stored);

  // Begins what rounds can begin: to be called when a Redis, or its barrier, is there.
  void advance();
  // To be called several times a second.
  void tick();

  [[nodiscard]] std::size_t unanswered() const { return unanswered_; }

 private:
  using Published = channels::Broker::Published;

  struct Waiting {
    channels::Position stored = {};
    std::uint64_t since_ms = 0;
    Then then = {};
    std::optional<Published> verdict = {};
  };
  struct Channel {
    channels::ChannelRules::Rule rule;
    std::deque<Waiting> waiting;      // oldest first
    channels::Position stored = {};   // up to where it is to be confirmed; an empty epoch: nothing is
    std::uint64_t asked = 0;          // up to where a round, or the script, that is under way goes
    std::uint64_t not_before_ms = 0;  // for the next round
  };
  struct Item {
    std::string channel;
    channels::Position upto;
  };
  using Round = std::vector<Item>;

  Waiting& wait(Channel& channel, Then then);
  void wait_for(Channel& channel, const channels::Position& stored);
  void advance_for(const std::string& channel);
  void begin(RedisShard& shard, const Round& round);
  void look_at(RedisShard& shard, const RedisBarrier::Told& told);
  void crossed(const Round& round, const RedisBarrier::Told* told);
  void publish(const Item& item, const std::string& run);
  void published(const Item& item, const RedisReply* reply);
  void judge(const Item& item, const Published& verdict);
  void again(const Item& item, std::chrono::milliseconds pause);
  void settle(const std::string& name);
  void complain(const std::string& why);

  uv_loop_t& loop_;
  RedisShards& shards_;
  RedisCalls& calls_;
  RedisKeys& keys_;
  RedisComplaints& complaints_;
  const unsigned replicas_;
  const std::chrono::milliseconds timeout_;
  std::map<std::string, Channel> channels_;  // of which something is to be confirmed, or waits
  std::size_t unanswered_ = 0;
};

}  // namespace sentix::core
