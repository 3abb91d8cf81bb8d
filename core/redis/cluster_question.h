#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/redis/cluster_slots.h"
#include "core/redis/redis_connection.h"
#include "core/redis/redis_reply.h"
#include "core/redis/redis_url.h"

namespace sentix::core {

// One question to one node of a Redis Cluster: which master has which slots? Has the deadlines of its connection: who
// gives it up destroys it, which may happen at any time but from inside of `done`, on the loop's thread.
class ClusterQuestion {
 public:
  struct Answer {
    std::uint64_t epoch = 0;  // cluster_current_epoch
    std::vector<ClusterRange> ranges;
  };
  // The answer; or none, and a sentence that names the node.
  using Done = std::function<void(std::optional<Answer> answer, const std::string& problem)>;

  // Calls `done` once, later, never from in here. `options` are those of the connections to masters. Throws
  // std::bad_alloc.
  ClusterQuestion(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& node, Done done);

 private:
  void ask();
  void told_slots(const RedisReply* reply);
  void conclude(std::optional<Answer> answer, const std::string& problem);

  const std::string host_;
  const std::string name_;
  Done done_;  // null: it was called
  std::optional<std::uint64_t> epoch_;
  RedisConnection connection_;
};

}  // namespace sentix::core
