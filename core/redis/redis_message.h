#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/redis/redis_reply.h"

namespace sentix::core {

// What nodes tell each other by a channel's PUBLISH: one array of RESP,
//
//   KIND EXCEPT EPOCH FIRST (A B)...
//
// KIND is what the pairs are: `m` publications (data, and the publisher's name as JSON or nothing), of which the first
// has the offset FIRST of EPOCH, or nothing and 0 where no history is kept; `f` finished text messages (and nothing);
// `j` and `l` a user who has come or gone (name and info). EXCEPT names the session that does not get it, or nobody.
struct RedisMessage {
  enum class Kind : char { publications = 'm', frames = 'f', joined = 'j', left = 'l' };

  Kind kind = Kind::publications;
  std::string except = {};
  std::string epoch = {};
  std::uint64_t first = 0;
  std::vector<std::pair<std::string, std::string>> items = {};

  friend bool operator==(const RedisMessage&, const RedisMessage&) = default;
};

[[nodiscard]] std::string encode_redis_message(const RedisMessage& message);

// nullopt: it is none. (Whoever may publish to this Redis may publish anything.)
[[nodiscard]] std::optional<RedisMessage> decode_redis_message(std::string_view payload);

// Any array of strings, as append_redis_command (redis_command.h) writes it; nullopt: it is none.
[[nodiscard]] std::optional<std::vector<std::string>> decode_redis_strings(std::string_view payload);

// An offset of a history as scripts and messages write it; nullopt where that is none.
[[nodiscard]] std::optional<std::uint64_t> parse_redis_offset(std::string_view text);

}  // namespace sentix::core
