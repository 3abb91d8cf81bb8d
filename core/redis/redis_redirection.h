#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/redis/redis_url.h"

namespace sentix::core {

// An error of a Cluster's node that has not carried out a command, because its keys are not there, or not now.
struct RedisRedirection {
  enum class Kind : std::uint8_t {
    moved,  // MOVED SLOT HOST:PORT: the slot is another's, for good
    ask,    // ASK SLOT HOST:PORT: this once the other is to be asked, behind ASKING: the slot is on its way there
    again,  // TRYAGAIN and CLUSTERDOWN: nobody can, for now
  };

  Kind kind = Kind::again;
  std::uint16_t slot = 0;            // where it has moved, or is to be asked
  RedisUrl::Endpoint endpoint = {};  // likewise
};

// `error` is an error of Redis, and `host` that of who has said it, which is meant where none is named. nullopt: it is
// another error.
[[nodiscard]] std::optional<RedisRedirection> parse_redis_redirection(std::string_view error, const std::string& host);

}  // namespace sentix::core
