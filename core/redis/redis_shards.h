#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/redis/cluster_question.h"
#include "core/redis/cluster_slots.h"
#include "core/redis/redis_barrier.h"
#include "core/redis/redis_link.h"
#include "core/redis/sentinel_watch.h"
#include "core/uv_handle.h"

namespace sentix::core {

// One Redis that has slots, or is about to: the only one where there is no Cluster.
struct RedisShard {
  std::string name;                  // HOST:PORT; empty: the only one, whatever its URL is
  RedisUrl::Endpoint endpoint = {};  // likewise
  std::size_t slots = 0;             // that it has
  // Which of all connections that were ever made: 0 while there is none. A connection that comes back has another.
  std::uint64_t commands = 0;
  std::uint64_t subscriptions = 0;
  std::uint64_t place = 0;  // see RedisLeases
  bool leased = false;      // the place has had its lease
  std::string problem;      // while a connection is not there
  std::uint64_t used_at_ms = 0;
  std::unique_ptr<RedisLink> link;
  std::unique_ptr<RedisBarrier> barrier;

  [[nodiscard]] bool ready() const { return commands != 0 && subscriptions != 0; }
};

// Which Redis has what: a link to each master, and the slots that each has. Without a Cluster one has all of them.
//
// The map of a Cluster is asked for at the start, every few seconds, and at once where a link is lost or a node says
// that it is not up to date: one node after the other, those of the URL among them, and of two answers the one of the
// lower epoch is not believed. It is only ever taken whole. So whoever is said to have slots beside the one that has
// this slot now was a master when that was so, which proves that what has moved from one to the other is whole
// (other_runs). A link is closed a while after its master has lost its last slot. Of masters there are up to 256.
//
// The only one that Sentinels have named is left as soon as one of them names another.
//
// Belongs to the broker's thread.
class RedisShards {
 public:
  // None of them throws.
  struct Events {
    std::function<void(RedisShard&)> commands_ready;
    std::function<void()> changed;  // the map was told, or subscriptions or a barrier are ready somewhere
    std::function<void(const RedisShard&, const std::string& why)> lost;
    std::function<void(std::string_view channel, std::string_view payload)> heard;
    // It is not subscribed to any more where the subscriptions have this number, or could not be.
    std::function<void(std::string_view channel, std::uint64_t subscriptions)> unheard;
  };

  // The loop outlives it.
  RedisShards(uv_loop_t& loop, RedisConnectionOptions options, Events events);

  [[nodiscard]] bool clustered() const { return options_.url.kind == RedisUrl::Kind::cluster; }

  // Who has the slot; null where nobody is known to.
  [[nodiscard]] RedisShard* owner(std::uint16_t slot) const { return owners_[slot]; }
  [[nodiscard]] RedisShard* owner(std::string_view key) const { return owner(slot_of(key)); }
  [[nodiscard]] std::uint16_t slot_of(std::string_view key) const { return clustered() ? redis_slot(key) : 0; }

  // A master that a node has named: its link may be yet to come. Null: there are too many.
  RedisShard* at(const RedisUrl::Endpoint& endpoint);
  // The map is not up to date, as a node has said, or one that it has named knows.
  void look_now(const RedisUrl::Endpoint& who_knows);

  // Of all that is said to `shard`: whose data may have moved there (redis_scripts.h).
  [[nodiscard]] std::string other_runs(const RedisShard& shard) const;

  // At the Redis whose subscriptions have the number, if they are still there.
  void unsubscribe(std::string_view channel, std::uint64_t subscriptions);

  [[nodiscard]] bool ready() const;
  // A sentence, or nothing: everything is there.
  [[nodiscard]] std::string problem() const;

  // Another place than all before.
  void give_place(RedisShard& shard) {
    shard.place = ++connections_;
    shard.leased = false;
  }

  void each(const std::function<void(RedisShard&)>& act);

  // To be called several times a second.
  void tick();
  // Makes them notice what is wrong with them (RedisLink::probe).
  void probe();

 private:
  using Name = std::string;

  RedisShard* add(const Name& name, const RedisUrl& url);
  RedisLink::Events events_of(RedisShard& shard);
  void unheard(RedisShard& shard, std::string_view channel, const RedisReply* error);
  void look_within(std::uint64_t ms);
  void ask();
  void told(std::optional<ClusterQuestion::Answer> answer, const std::string& problem);
  void take(const std::vector<ClusterRange>& ranges);
  void close_idle();
  void watch_sentinels();
  void switched(const MasterSwitch& failover);
  [[nodiscard]] std::vector<RedisUrl::Endpoint> whom_to_ask() const;

  uv_loop_t& loop_;
  const RedisConnectionOptions options_;
  const Events events_;
  std::uint64_t connections_ = 0;  // that were ever made
  std::map<Name, std::unique_ptr<RedisShard>> shards_;
  std::vector<std::unique_ptr<SentinelWatch>> watches_;
  std::vector<RedisShard*> owners_;  // of each slot
  std::uint64_t epoch_ = 0;          // of the newest answer
  std::size_t asked_ = 0;
  std::uint64_t asked_at_ms_ = 0;
  std::optional<RedisUrl::Endpoint> who_knows_;
  std::string map_problem_ = "Redis has not answered yet.";
  std::unique_ptr<ClusterQuestion> question_;
  bool concluded_ = false;     // question_
  UvHandle<uv_timer_t> look_;  // for the next question
};

}  // namespace sentix::core
