#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.h"
#include "core/node_directory.h"
#include "core/redis/redis_calls.h"
#include "core/redis/redis_shards.h"
#include "core/remote_broker.h"

namespace sentix::core {

// How nodes know of each other, and what one asks of all: this node's record in Redis, which it writes anew with every
// beat and gets everybody's for; and the channel that all nodes listen to. Belongs to the broker's thread.
class RedisDirectory {
 public:
  // `process` is unlike those of all other nodes; `id` may be empty; `key` is RedisKeys::nodes(). What it is given by
  // reference outlives it. `log` is told, once of each, of living nodes with the same `id`.
  RedisDirectory(RedisShards& shards, RedisCalls& calls, std::string key, std::string process, std::string id,
                 NodeDirectory& nodes, LogSink log);

  // What there is to tell, from now on.
  void announce(NodeFace face);

  void commands_ready() { beats_ = 0; }
  // Listens where the key is, if it does not yet.
  void listen();
  // It is not listened to any more where the subscriptions have this number. Whether that was of it.
  bool unheard(std::string_view channel, std::uint64_t subscriptions);

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
  struct Namesake {
    std::uint64_t seen_at_ns = 0;  // first
    bool told = false;
  };

  void measure();
  void told(const RedisReply* reply, std::uint64_t asked_at_ns);
  void look_for_namesakes(const std::vector<NodeRecord>& nodes, std::uint64_t asked_at_ns);

  RedisShards& shards_;
  RedisCalls& calls_;
  const std::string key_;  // and the channel that all listen to
  NodeDirectory& nodes_;
  const LogSink log_;
  const bool has_name_;
  std::map<std::string, Namesake> namesakes_;  // by their processes
  NodeRecord self_;
  NodeFace face_;
  bool announced_ = false;
  std::uint64_t listens_at_ = 0;  // RedisShard::subscriptions
  std::uint64_t beats_ = 0;       // since commands can be sent
  std::uint64_t measured_at_ns_ = 0;
  std::uint64_t processor_us_ = 0;  // that the process had spent then
};

}  // namespace sentix::core
