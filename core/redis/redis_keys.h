#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/channel_rules.h"

namespace sentix::core {

// The names of everything in Redis, and what the scripts of one channel are given (redis_scripts.h). What is of one
// channel is in one slot of a Cluster, as what stands in braces says, and what is of all is in another: no name of a
// channel has braces.
class RedisKeys {
 public:
  explicit RedisKeys(std::string prefix);

  // What nodes subscribe to, and the beginning of a channel's keys.
  [[nodiscard]] std::string channel(std::string_view name) const;
  // The channel that `key` is of; empty: it is of none.
  [[nodiscard]] std::string_view name_of(std::string_view key) const;

  [[nodiscard]] std::vector<std::string> of_channel(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> arguments(std::string_view name, const channels::ChannelRules::Rule& rule);
  // A key of the same slot that only RedisBarrier writes.
  [[nodiscard]] std::string barrier(std::string_view name) const { return channel(name) + 'w'; }

  [[nodiscard]] const std::string& leases() const { return leases_; }
  // Of a hash, and of what all nodes subscribe to.
  [[nodiscard]] const std::string& nodes() const { return nodes_; }
  // The set of channels where a place has clients that are counted.
  [[nodiscard]] std::string at(std::string_view place) const;

 private:
  [[nodiscard]] std::string fresh_epoch();

  const std::string prefix_;
  const std::string common_;  // what begins all that is of no channel
  const std::string leases_;
  const std::string nodes_;
  const std::string epoch_prefix_;
  std::uint64_t epochs_ = 0;
};

}  // namespace sentix::core
