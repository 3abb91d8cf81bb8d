#pragma once

#include <optional>
#include <vector>

#include "channels/broker.h"
#include "core/redis/redis_follower.h"
#include "core/redis/redis_reply.h"

namespace sentix::core {

// What the scripts (redis_scripts.h) have answered, read. nullopt: that is no such answer, an error of Redis among
// others.

struct RedisJoined {
  bool full = false;
  RedisFollower::Answer stream;
  bool recovered = false;
  channels::MemberList members;
};
[[nodiscard]] std::optional<RedisJoined> read_joined(const RedisReply& reply);

struct RedisRead {
  channels::Position top;
  std::vector<RedisFollower::Entry> entries;
};
[[nodiscard]] std::optional<RedisRead> read_history(const RedisReply& reply);

[[nodiscard]] std::optional<channels::MemberList> read_members(const RedisReply& count, const RedisReply& list);

// Positions of `count` publications, in their order.
[[nodiscard]] std::optional<std::vector<channels::Position>> read_positions(const RedisReply& reply, std::size_t count);

}  // namespace sentix::core
