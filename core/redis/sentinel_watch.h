#pragma once

#include <uv.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/redis/redis_connection.h"
#include "core/redis/redis_url.h"

namespace sentix::core {

// A failover: who was the master, and who is.
struct MasterSwitch {
  RedisUrl::Endpoint former;
  RedisUrl::Endpoint present;

  friend bool operator==(const MasterSwitch&, const MasterSwitch&) = default;
};

// Listens to one Sentinel, so that a failover is known when it happens: who is cut off with the former master, or finds
// it alive, would go on with it otherwise. Comes back by itself; what is said meanwhile is not heard, and other
// Sentinels may have heard it. Belongs to the loop's thread.
class SentinelWatch {
 public:
  // Not from in here. Does not throw, and does not destroy this.
  using Heard = std::function<void(const MasterSwitch&)>;

  // `options` are those of the connection to the master, and `sentinel` is one of its URL's endpoints.
  SentinelWatch(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& sentinel,
                Heard heard);

  // So that a Sentinel that has gone without a word is noticed.
  void probe();

 private:
  const std::string master_;
  const Heard heard_;
  RedisConnection connection_;
};

// What a Sentinel publishes as "+switch-master": NAME HOST PORT HOST PORT. nullopt: that is none, or of another master.
[[nodiscard]] std::optional<MasterSwitch> parse_master_switch(std::string_view payload, std::string_view master);

}  // namespace sentix::core
