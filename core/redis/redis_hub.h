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
#include "core/redis/redis_channel.h"
#include "core/redis/redis_directory.h"
#include "core/redis/redis_link.h"
#include "core/uv_handle.h"
#include "core/redis_options.h"

namespace sentix::core {

// What other threads see of the hub.
struct RedisView {
  mutable std::mutex mutex;                    // of what follows, held for a moment
  std::map<std::string, std::size_t> clients;  // of each channel that this node has
  std::string problem = "Redis has not answered yet.";

  std::atomic<std::size_t> waiting_bytes{0};  // of publications that are not answered
  std::atomic<std::uint64_t> losses{0};       // of the connection
  NodeDirectory nodes;
};

struct RedisPublication {
  std::string channel;
  channels::ChannelRules::Rule rule;
  std::string data;
  std::string user_json;
  std::string key;  // with its user, or empty
  channels::Broker::Answer answer;
  std::size_t bytes = 0;  // of RedisView::waiting_bytes
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
// anew as a whole where it may not be right: after the connection was lost, and where others have taken this node for
// dead.
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
  void publish(RedisPublication publication);
  void signal(const std::string& channel, std::string text, channels::SessionId except);
  void in_turn(const channels::Broker::Answer& answer);  // `ok`, behind all that was published before
  void read(const RedisQuestion& question, const ReadAnswer& answer);
  void members(const RedisQuestion& question, const MembersAnswer& answer);

  // Sends what was published since the last time, each channel's publications together.
  void flush();

  [[nodiscard]] RedisDirectory& directory() { return directory_; }

  [[nodiscard]] bool ready() const { return link_.commands_ready() && link_.subscriptions_ready(); }
  [[nodiscard]] std::size_t unanswered() const { return link_.unanswered(); }

 private:
  using ChannelPtr = std::shared_ptr<RedisChannel>;
  using EntryPtr = std::shared_ptr<RedisEntry>;
  using Batch = std::vector<RedisPublication>;

  // The link
  void commands_ready();
  void subscriptions_ready();
  void lost(bool commands, const std::string& why);
  void heard(std::string_view key, std::string_view payload);
  void tell_ready();

  // Channels
  ChannelPtr find_or_create(const std::string& name, const channels::ChannelRules::Rule& rule);
  void listen(const ChannelPtr& channel);
  void go(const ChannelPtr& channel);
  void go_all();
  void ask(const ChannelPtr& channel, const EntryPtr& entry);
  void answered(const ChannelPtr& channel, const EntryPtr& entry, std::uint64_t question, const RedisReply* reply);
  void conclude(const ChannelPtr& channel, const EntryPtr& entry, channels::Broker::Subscribed outcome);
  void part(const ChannelPtr& channel, const std::string& user);
  void sync(const ChannelPtr& channel);
  void leave_former_place(const ChannelPtr& channel);
  void refuse_waiting(const ChannelPtr& channel);
  void forget_if_idle(const ChannelPtr& channel);
  void show(const RedisChannel& channel);

  // Publications
  void send_batch(const std::string& channel, const std::shared_ptr<Batch>& batch);
  void send_plain(const std::string& channel, const std::shared_ptr<Batch>& batch);
  void conclude_batch(const Batch& batch, const RedisReply* reply);
  void tell_batch(const Batch& batch, channels::Broker::Published::Outcome outcome);

  // The clock
  void tick();
  void renew_lease();
  void leased(const RedisReply* reply);
  void bury(const std::string& place);
  void tell_departures();
  void audit();

  [[nodiscard]] std::string key(std::string_view channel) const;
  [[nodiscard]] std::vector<std::string> keys(std::string_view channel) const;
  [[nodiscard]] std::vector<std::string> arguments(std::string_view channel, const channels::ChannelRules::Rule& rule);
  [[nodiscard]] std::string fresh_epoch();
  void complain(std::string_view what, const RedisReply* reply);

  const RedisOptions options_;
  RedisView& view_;
  const LogSink log_;
  const std::string node_;  // of this process alone
  // Under which this node's clients are counted: another one with each connection, because a Redis that had hung may
  // still carry out what came by the last one.
  std::string place_;
  std::string former_place_;
  std::uint64_t places_ = 0;
  bool leased_ = false;  // the place has had its lease
  std::string epoch_prefix_;
  std::uint64_t epochs_ = 0;
  channels::Incarnation last_incarnation_ = 0;
  std::map<std::string, ChannelPtr, std::less<>> channels_;
  std::map<std::string, std::shared_ptr<Batch>> batches_;
  struct Departure {
    std::string channel;
    std::string user;
  };
  std::multimap<channels::Time, Departure> departures_;
  std::vector<ChannelPtr> pausing_;  // until the next tick
  std::string audited_;              // the last channel that was
  std::uint64_t ticks_ = 0;
  bool told_lost_ = false;
  std::uint64_t complained_at_ms_ = 0;
  uv_loop_t& loop_;
  RedisLink link_;
  RedisDirectory directory_;
  UvHandle<uv_timer_t> ticker_;
};

}  // namespace sentix::core
