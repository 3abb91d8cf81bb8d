#pragma once

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/broker.h"
#include "core/log.h"
#include "core/node_directory.h"
#include "core/redis/redis_calls.h"
#include "core/redis/redis_channel.h"
#include "core/redis/redis_complaints.h"
#include "core/redis/redis_confirmer.h"
#include "core/redis/redis_directory.h"
#include "core/redis/redis_keys.h"
#include "core/redis/redis_leases.h"
#include "core/redis/redis_publisher.h"
#include "core/redis/redis_shards.h"
#include "core/redis_options.h"
#include "core/uv_handle.h"

namespace sentix::core {

// What other threads see of the hub.
struct RedisView {
  mutable std::mutex mutex;                                 // of what follows, held for a moment
  std::map<std::string, std::size_t, std::less<>> clients;  // of each channel that this node has
  std::string problem = "Redis has not answered yet.";

  RedisWaiting waiting;
  std::atomic<std::uint64_t> losses{0};  // of the connection
  std::atomic<std::uint64_t> local_publications{0};
  std::atomic<std::uint64_t> dropped{0};
  NodeDirectory nodes;
};

struct RedisQuestion {
  std::string channel;
  channels::ChannelRules::Rule rule;
  std::size_t limit = 0;
  std::optional<channels::Position> since;
  bool reverse = false;
};

// The broker's thread's part: all of this node's channels, and what is said to Redis about them.
//
// What a node has in Redis (clients, members) is counted up and down by scripts while the connection holds, and set
// anew as a whole where it may not be right: after the connection was lost, where the channel has moved to another
// Redis, and where others have taken this node for dead.
class RedisHub {
 public:
  using ReadAnswer = channels::Broker::Asker<std::optional<channels::Broker::Read>>::Answer;
  using MembersAnswer = channels::Broker::Asker<std::optional<channels::Broker::Members>>::Answer;

  // The loop and the view outlive it.
  RedisHub(uv_loop_t& loop, const RedisUrl& url, const RedisOptions& options, RedisView& view, LogSink log);

  void subscribe(const std::string& channel, const channels::ChannelRules::Rule& rule, std::size_t channels_max,
                 const std::shared_ptr<RedisEntry>& entry);
  void unsubscribe(const std::string& channel, channels::SessionId session, channels::Time now);
  void listen_in(const std::string& channel, const channels::ChannelRules::Rule& rule,
                 const std::shared_ptr<channels::Inbox>& inbox);
  void ignore(const std::string& channel, const channels::Inbox& inbox);
  void signal(const std::string& channel, std::string text, channels::SessionId except);
  // `ok`, behind all that was published to the channel before.
  void in_turn(const std::string& channel, const channels::Broker::Answer& answer);
  void read(const RedisQuestion& question, const ReadAnswer& answer);
  void members(const RedisQuestion& question, const MembersAnswer& answer);

  [[nodiscard]] RedisPublisher& publisher() { return publisher_; }
  [[nodiscard]] RedisDirectory& directory() { return directory_; }

  [[nodiscard]] bool ready() const { return shards_.ready(); }
  [[nodiscard]] std::size_t unanswered() const { return calls_.unanswered() + confirmer_.unanswered(); }

 private:
  using ChannelPtr = std::shared_ptr<RedisChannel>;
  using EntryPtr = std::shared_ptr<RedisEntry>;

  // The shards
  RedisShards::Events shard_events();
  void commands_ready(RedisShard& shard);
  void changed();
  void lost(const RedisShard& shard, const std::string& why);
  void heard(std::string_view key, std::string_view payload);
  void unheard(std::string_view key, std::uint64_t subscriptions);
  void tell_ready();

  // Channels
  ChannelPtr find_or_create(const std::string& name, const channels::ChannelRules::Rule& rule);
  void follow(const ChannelPtr& channel, const RedisShard* shard);
  void listen(const ChannelPtr& channel, RedisShard& shard);
  void stop_listening(RedisChannel& channel);
  void go(const ChannelPtr& channel);
  void go_all();
  void pause(const ChannelPtr& channel);
  void miss(RedisChannel& channel, const RedisMessage& message);
  void ask(const ChannelPtr& channel, const EntryPtr& entry);
  void answered(const ChannelPtr& channel, const EntryPtr& entry, std::uint64_t question, const RedisReply* reply);
  void conclude(const ChannelPtr& channel, const EntryPtr& entry, channels::Broker::Subscribed outcome);
  void part(const ChannelPtr& channel, const std::string& user);
  void sync(const ChannelPtr& channel, const RedisShard& shard);
  void leave_place(const std::string& place, const ChannelPtr& channel);
  void bury(const std::string& place, const std::string& channel, const std::function<void(bool)>& then);
  void refuse_waiting(const ChannelPtr& channel);
  void forget_if_idle(const ChannelPtr& channel);
  void show(const RedisChannel& channel);

  // Without Redis
  bool hand_out_here(const std::string& name, const channels::ChannelRules::Rule& rule, const RedisMessage& message);
  void enter_here(const ChannelPtr& channel);
  void tell_apart();

  // The clock
  void tick();
  void tell_departures();
  void audit();

  RedisView& view_;
  const LogSink log_;
  const std::string node_;  // of this process alone
  channels::Incarnation last_incarnation_ = 0;
  std::map<std::string, ChannelPtr, std::less<>> channels_;
  struct Departure {
    std::string channel;
    std::string user;
  };
  std::multimap<channels::Time, Departure> departures_;
  std::vector<ChannelPtr> pausing_;  // until the next tick
  std::string audited_;              // the last channel that was
  std::uint64_t ticks_ = 0;
  std::uint64_t missed_at_ = 0;  // the last tick with something for which there was no room; 0: there was none
  bool told_lost_ = false;
  bool told_apart_ = false;
  RedisKeys keys_;
  RedisComplaints complaints_;
  RedisShards shards_;
  RedisCalls calls_;
  RedisLeases leases_;
  RedisConfirmer confirmer_;
  RedisPublisher publisher_;
  RedisDirectory directory_;
  UvHandle<uv_timer_t> ticker_;
};

}  // namespace sentix::core
