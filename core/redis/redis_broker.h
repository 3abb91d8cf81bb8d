#pragma once

#include <uv.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/redis/redis_hub.h"
#include "core/redis/redis_url.h"
#include "core/redis_options.h"
#include "core/remote_broker.h"

namespace sentix::core {

// The broker of many nodes on one Redis: they are one server, whichever of them a client is connected to.
//
// A thread of its own, with a loop, says everything to Redis and hears everything from there; calls only queue for it,
// and are answered later. It posts to the workers' mailboxes in the order of each channel's stream.
//
// Guarantees are the broker's (channels/broker.h) over all nodes, for channels with a history, as long as one Redis
// process lives; where that has gone, and with it what it had not told, a new epoch begins and every subscriber is told
// of a gap. While Redis is not there clients stay, and what they ask of channels is refused, unless the channel goes on
// without it (channels::WithoutRedis).
class RedisBroker final : public RemoteBroker {
 public:
  RedisBroker(RedisUrl url, RedisOptions options, std::size_t channels_max, LogSink log);
  ~RedisBroker() override;
  RedisBroker(const RedisBroker&) = delete;
  RedisBroker& operator=(const RedisBroker&) = delete;

  void feed(std::vector<std::shared_ptr<channels::Inbox>> inboxes) override { inboxes_ = std::move(inboxes); }
  void start(std::chrono::milliseconds patience) override;
  void stop() override;

  Subscribed subscribe(const Subscribing& request) override;
  void unsubscribe(std::string_view channel, channels::Inbox& inbox, channels::SessionId session,
                   channels::Time now) noexcept override;
  Published publish(const Publishing& request) override;
  bool wait_turn(std::string_view channel, const Author& author) override;
  Subscribed::Outcome listen_in(std::string_view channel, const channels::ChannelRules::Rule& rule,
                                const std::shared_ptr<channels::Inbox>& inbox, channels::Time now) override;
  void ignore(std::string_view channel, const std::shared_ptr<channels::Inbox>& inbox,
              channels::Time now) noexcept override;
  bool signal(std::string_view channel, const protocol::SharedFrame& frame, channels::SessionId except) override;
  std::optional<Read> history(const Reading& request) override;
  std::optional<Members> members(std::string_view channel, const channels::ChannelRules::Rule& rule,
                                 std::size_t members_max, const Asker<std::optional<Members>>* asker) override;

  // What this node knows of: the channels that it has clients on, and how many of those.
  [[nodiscard]] bool has(std::string_view channel) override;
  [[nodiscard]] std::vector<Listed> list(std::string_view prefix, std::string_view after, std::size_t limit) override;
  [[nodiscard]] std::size_t channel_count() const override;
  [[nodiscard]] std::size_t channels_max() const override { return channels_max_; }
  void set_channels_max(std::size_t channels_max) override { channels_max_ = channels_max; }

  // Its thread does both by itself.
  void tell_leaves(channels::Time /*now*/) noexcept override {}
  void expire(channels::Time /*now*/) override {}

  [[nodiscard]] bool congested() const override { return view_.waiting.bytes > kRedisWaitingBytes; }
  [[nodiscard]] std::string problem() const override;
  [[nodiscard]] std::uint64_t losses() const override { return view_.losses; }
  [[nodiscard]] std::uint64_t local_publications() const override { return view_.local_publications; }
  [[nodiscard]] std::uint64_t dropped() const override { return view_.dropped; }

  void announce(NodeFace face) override;
  void announce_change() override;
  void disconnect(UserDisconnect who, std::function<void(std::size_t nodes)> heard) override;
  [[nodiscard]] const NodeDirectory& nodes() const override { return view_.nodes; }

 private:
  using Task = std::function<void(RedisHub&)>;

  [[nodiscard]] std::size_t clients_of(std::string_view channel) const;
  [[nodiscard]] bool congested(std::size_t receivers) const;
  void post(Task task);
  void run();
  bool do_tasks(RedisHub& hub);
  bool stopping();

  const RedisUrl url_;
  const RedisOptions options_;
  const LogSink log_;
  std::atomic<std::size_t> channels_max_;
  std::vector<std::shared_ptr<channels::Inbox>> inboxes_;
  RedisView view_;

  std::mutex mutex_;  // of what follows
  std::vector<Task> tasks_;
  uv_async_t* wake_ = nullptr;  // while the thread runs
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace sentix::core
