#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/redis/redis_reply.h"
#include "core/redis/redis_url.h"

namespace sentix::core {

// Of a Redis Cluster (https://redis.io/docs/reference/cluster-spec/): every key is in one of 16384 slots, and every
// slot belongs to one master.
inline constexpr std::uint16_t kRedisSlots = 16'384;

// The slot of a key: CRC-16/XMODEM of what stands in its first pair of braces, or of all where nothing does.
[[nodiscard]] std::uint16_t redis_slot(std::string_view key);

// Slots from `first` to `last`, both included, and the master that has them.
struct ClusterRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  RedisUrl::Endpoint master;

  friend bool operator==(const ClusterRange&, const ClusterRange&) = default;
};

// What a node answers to CLUSTER SLOTS. A node that does not know its own host is the one that was asked, `host`.
// nullopt: that is no such answer; a slot that belongs to two is none.
[[nodiscard]] std::optional<std::vector<ClusterRange>> read_cluster_slots(const RedisReply& reply,
                                                                          const std::string& host);

// `cluster_current_epoch` of what a node answers to CLUSTER INFO: of two nodes the one with the lower one has not heard
// of the last failover. nullopt: there is none.
[[nodiscard]] std::optional<std::uint64_t> read_cluster_epoch(const RedisReply& reply);

}  // namespace sentix::core
