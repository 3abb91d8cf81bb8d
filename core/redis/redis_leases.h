#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/redis/redis_calls.h"
#include "core/redis/redis_complaints.h"
#include "core/redis/redis_keys.h"
#include "core/redis/redis_shards.h"

namespace sentix::core {

// The places where this node's clients are counted, one with each Redis, and how a place that was left behind is taken
// away. A place has a lease, which is renewed; whose lease is over is buried by whichever node sees it.
//
// No place is used twice: there is another with each connection, because a Redis that had hung may still carry out what
// came by the last one; and another where the lease was over, because what buries it may still be on its way.
//
// Belongs to the broker's thread.
class RedisLeases {
 public:
  // `bury`: the place has no clients on the channel any more; `then` is told whether Redis knows. `lapsed`: a place is
  // another than it was.
  struct Events {
    std::function<void(const std::string& place, const std::string& channel, std::function<void(bool)> then)> bury;
    std::function<void()> lapsed;
  };

  // `process` is unlike that of all other nodes. All of them outlive it.
  RedisLeases(uv_loop_t& loop, RedisShards& shards, RedisCalls& calls, RedisKeys& keys, RedisComplaints& complaints,
              std::string process, Events events);

  // Where clients are counted, of channels that this Redis has.
  [[nodiscard]] std::string place(const RedisShard& shard) const {
    return process_ + '.' + std::to_string(shard.place);
  }

  // Commands are ready there: it has another place.
  void begin(RedisShard& shard);
  // To be called four times in kRedisLease.
  void renew();

 private:
  void renew(RedisShard& shard);
  void told(std::uint64_t place, const RedisReply* reply);
  void bury(const std::string& place);
  void bury(const std::string& place, const RedisReply& channels);
  void forget(const std::string& place);

  uv_loop_t& loop_;
  RedisShards& shards_;
  RedisCalls& calls_;
  RedisKeys& keys_;
  RedisComplaints& complaints_;
  const std::string process_;
  const Events events_;
  std::uint64_t buries_from_ms_ = 0;
};

}  // namespace sentix::core
