#pragma once

#include <uv.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/redis/redis_connection.h"
#include "core/redis/redis_reply.h"
#include "core/redis/redis_url.h"

namespace sentix::core {

// One question to one Sentinel: which Redis is the master now? Sentinels are asked as their own user, not as that of
// the URL, and by TLS where the URL says so. Has no deadline: who gives it up destroys it, which may happen at any time
// but from inside of `done`, on the loop's thread.
class RedisSentinel {
 public:
  // The master; or none, and a sentence that names the Sentinel.
  using Done = std::function<void(std::optional<RedisUrl::Endpoint> master, const std::string& problem)>;

  // Calls `done` once, later, never from in here. `options` are those of the connection to the master, and `sentinel`
  // is one of its URL's endpoints. Throws std::bad_alloc.
  RedisSentinel(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& sentinel, Done done);

 private:
  void ask();
  void told(const RedisReply* reply);
  void conclude(std::optional<RedisUrl::Endpoint> master, const std::string& problem);

  const std::string name_;
  const std::string master_;
  Done done_;  // null: it was called
  RedisConnection connection_;
};

// Of a connection to a Sentinel, of those to the master.
[[nodiscard]] RedisConnectionOptions sentinel_options(RedisConnectionOptions options,
                                                      const RedisUrl::Endpoint& sentinel);

// As a Sentinel writes them. nullopt: they are none.
[[nodiscard]] std::optional<RedisUrl::Endpoint> sentinel_endpoint(std::string_view host, std::string_view port);

// What a Sentinel answers to GET-MASTER-ADDR-BY-NAME: a host and a port. nullopt: that is no such answer.
[[nodiscard]] std::optional<RedisUrl::Endpoint> read_master(const RedisReply& reply);

}  // namespace sentix::core
