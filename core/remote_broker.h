#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "channels/broker.h"
#include "core/node_directory.h"
#include "core/options.h"

namespace sentix::core {

// All connections of a user are to be closed.
struct UserDisconnect {
  std::string user;
  std::uint16_t code = 0;
  std::string reason;
};

// What a node shows to the others, and does for them. The functions are called on the broker's thread, until stop().
struct NodeFace {
  std::string url;  // NodeRecord::url
  unsigned workers = 1;
  std::function<std::size_t()> connections;
  std::function<bool()> draining;
  std::function<void(const UserDisconnect&)> disconnect;
};

// A broker that many servers have in common, with a thread of its own that talks to it.
class RemoteBroker : public channels::Broker {
 public:
  // Who publishes waits while one of them, which are all of this node, is congested. Before start().
  virtual void feed(std::vector<std::shared_ptr<channels::Inbox>> inboxes) = 0;

  // Begins to work: what was called before has waited. Returns when it works, or when that takes longer than
  // `patience`. Throws std::system_error where there is no thread for it.
  virtual void start(std::chrono::milliseconds patience) = 0;

  // What waits is still sent, as far as that takes no longer than a second; then nobody is answered any more. Before
  // the inboxes go.
  virtual void stop() = 0;

  // How often it was lost.
  [[nodiscard]] virtual std::uint64_t losses() const = 0;

  // Publications that went to this node's subscribers alone, because it was lost (channels::WithoutRedis).
  [[nodiscard]] virtual std::uint64_t local_publications() const = 0;

  // Publications of other nodes to channels without a history, and events, for which a worker here had no room.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;

  // From now on this node is one of nodes(), until stop(). Once.
  virtual void announce(NodeFace face) = 0;

  // The others should hear at once that it drains.
  virtual void announce_change() = 0;

  // Tells all other nodes. `heard` is told, on the broker's thread, how many nodes know it then, this one included; it
  // is not called after stop().
  virtual void disconnect(UserDisconnect who, std::function<void(std::size_t nodes)> heard) = 0;

  [[nodiscard]] virtual const NodeDirectory& nodes() const = 0;
};

// Throws std::invalid_argument with a sentence where the options of Redis, which are enabled, will not do.
void require_redis(const RedisOptions& options);
// Likewise; and of these alone.
void require_redis_sync(unsigned replicas, std::chrono::milliseconds timeout);
[[nodiscard]] std::unique_ptr<RemoteBroker> make_remote_broker(const Options& options);

// What a Redis says of itself.
struct RedisSelfReport {
  std::string where;         // its URL, or that of Sentinels, without the password
  bool as_of_cluster{};      // it was asked because it should be one of a Cluster's nodes
  std::string info = {};     // the text of INFO, of the sections server, replication, memory, persistence and cluster
  std::string problem = {};  // why there is less than that, as a sentence; empty: there is all
  std::chrono::microseconds round_trip{};
};

// Asks the Redis that options lead to, or each node of a Cluster that they name. Blocks, for a few times `patience` at
// most where one does not answer. Throws as require_redis() does.
[[nodiscard]] std::vector<RedisSelfReport> examine_redis(const RedisOptions& options,
                                                         std::chrono::milliseconds patience);

// While it lives, the broker works, where it is a remote one. Made before anybody is served, and destroyed when nobody
// is any more.
class RemoteBrokerSession {
 public:
  explicit RemoteBrokerSession(RemoteBroker* broker);  // may be null
  ~RemoteBrokerSession();
  RemoteBrokerSession(const RemoteBrokerSession&) = delete;
  RemoteBrokerSession& operator=(const RemoteBrokerSession&) = delete;

 private:
  RemoteBroker* const broker_;
};

}  // namespace sentix::core
