#pragma once

#include <chrono>

#include "core/redis/redis_url.h"
#include "core/redis_options.h"
#include "core/remote_broker.h"

namespace sentix::core {

// Connects to one Redis as a server does, and asks it for what it says of itself. `url` is standalone, or of Sentinels,
// which name the Redis. Blocks, at most about three times `patience`.
[[nodiscard]] RedisSelfReport examine_redis(const RedisUrl& url, const RedisOptions& options,
                                            std::chrono::milliseconds patience);

}  // namespace sentix::core
