#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/node_directory.h"
#include "core/redis/redis_link.h"
#include "core/remote_broker.h"

namespace sentix::core {

// How nodes know of each other, and what one asks of all: this node's record in Redis, which it writes anew with every
// beat and gets everybody's for; and the channel that all nodes listen to. Belongs to the broker's thread.
class RedisDirectory {
 public:
  // `process` is unlike those of all other nodes; `id` may be empty. The link and the directory outlive it.
  RedisDirectory(RedisLink& link, std::string prefix, std::string process, std::string id, NodeDirectory& nodes);

  // What there is to tell, from now on.
  void announce(NodeFace face);

  void commands_ready() { beats_ = 0; }
  void subscriptions_ready();

  // Says what this node is, and hears what the others are. To be called about once a second, and when something has
  // changed that they should know at once.
  void beat();

  // Takes this node out.
  void leave();

  // What was published: whether it was for this node and not for its channels.
  bool heard(std::string_view channel, std::string_view payload);

  // Tells all other nodes. `heard` is told how many nodes have it, this one included, or 1 where there is no Redis.
  void disconnect(const UserDisconnect& who, const std::function<void(std::size_t nodes)>& heard);

 private:
  void measure();
  void told(const RedisReply* reply);

  RedisLink& link_;
  const std::string channel_;
  const std::string key_;
  NodeDirectory& nodes_;
  NodeRecord self_;
  NodeFace face_;
  bool announced_ = false;
  std::uint64_t beats_ = 0;  // since commands can be sent
  std::uint64_t measured_at_ns_ = 0;
  std::uint64_t processor_us_ = 0;  // that the process had spent then
};

}  // namespace sentix::core
