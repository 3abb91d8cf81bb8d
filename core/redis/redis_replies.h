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
  std::uint64_t stored = 0;  // of a synced channel, perhaps more than can be seen yet
  bool recovered = false;
  channels::MemberList members;
};
[[nodiscard]] std::optional<RedisJoined> read_joined(const RedisReply& reply);

struct RedisRead {
  channels::Position top;
  std::vector<RedisFollower::Entry> entries;
  std::uint64_t stored = 0;  // as above
};
[[nodiscard]] std::optional<RedisRead> read_history(const RedisReply& reply);

[[nodiscard]] std::optional<channels::MemberList> read_members(const RedisReply& count, const RedisReply& list);

struct RedisStored {
  std::string epoch;
  std::uint64_t safe = 0;              // up to where it is published, and as safe as it is to be
  std::vector<std::uint64_t> offsets;  // in the order of the publications; 0: not stored

  [[nodiscard]] channels::Position newest() const;
};
// Of `count` publications.
[[nodiscard]] std::optional<RedisStored> read_stored(const RedisReply& reply, std::size_t count);

// What `confirm` gives: up to where replicas have it.
[[nodiscard]] std::optional<channels::Position> read_confirmed(const RedisReply& reply);

}  // namespace sentix::core
