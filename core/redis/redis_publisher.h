#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "channels/broker.h"
#include "core/redis/redis_calls.h"
#include "core/redis/redis_complaints.h"
#include "core/redis/redis_confirmer.h"
#include "core/redis/redis_keys.h"
#include "core/redis/redis_message.h"
#include "core/redis/redis_replies.h"

namespace sentix::core {

struct RedisPublication {
  std::string channel;
  channels::ChannelRules::Rule rule;
  std::string data;
  std::string user_json;
  std::string key;  // with its user, or empty
  channels::Broker::Answer answer;
  std::size_t bytes = 0;       // of what waits
  std::size_t deliveries = 0;  // that it will make on this node
};

// Of this node's publications that are not answered. Any thread may look at it and add to it.
struct RedisWaiting {
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::size_t> deliveries{0};

  void add(const RedisPublication& publication) {
    bytes.fetch_add(publication.bytes, std::memory_order_relaxed);
    deliveries.fetch_add(publication.deliveries, std::memory_order_relaxed);
  }
  void remove(const RedisPublication& publication) {
    bytes.fetch_sub(publication.bytes, std::memory_order_relaxed);
    deliveries.fetch_sub(publication.deliveries, std::memory_order_relaxed);
  }
};

// What this node publishes: the publications of one turn to one channel share a script, or a SPUBLISH where there is no
// history. Those of a synced channel are then confirmed (RedisConfirmer). Belongs to the broker's thread.
class RedisPublisher {
 public:
  // Hands a message of a channel without a history out on this node alone, where it is not for Redis at the moment.
  // False: it is.
  using HandOutHere = std::function<bool(const std::string& channel, const channels::ChannelRules::Rule& rule,
                                         const RedisMessage& message)>;

  // All of them outlive it; `waiting` is told of what was answered.
  RedisPublisher(RedisCalls& calls, RedisKeys& keys, RedisConfirmer& confirmer, RedisComplaints& complaints,
                 RedisWaiting& waiting, HandOutHere hand_out_here)
      : calls_(calls),
        keys_(keys),
        confirmer_(confirmer),
        complaints_(complaints),
        waiting_(waiting),
        hand_out_here_(std::move(hand_out_here)) {}

  void publish(RedisPublication publication);
  void signal(const std::string& channel, const RedisMessage& message);
  // `ok`, behind all that was published to the channel before.
  void in_turn(const std::string& channel, const channels::Broker::Answer& answer);

  // Sends what was published since the last time.
  void flush();

 private:
  using Batch = std::vector<RedisPublication>;

  void send(const std::string& channel, const std::shared_ptr<Batch>& batch);
  void send_plain(const std::string& channel, const std::shared_ptr<Batch>& batch);
  void conclude(const std::shared_ptr<Batch>& batch, const RedisReply* reply);
  void answer(const RedisPublication& publication, const channels::Broker::Published& published);
  void tell(const Batch& batch, const channels::Broker::Published& published);

  RedisCalls& calls_;
  RedisKeys& keys_;
  RedisConfirmer& confirmer_;
  RedisComplaints& complaints_;
  RedisWaiting& waiting_;
  const HandOutHere hand_out_here_;
  std::map<std::string, std::shared_ptr<Batch>> batches_;
};

}  // namespace sentix::core
