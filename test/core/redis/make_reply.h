#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/redis/redis_reply.h"

namespace sentix::test {

// Replies of Redis, short to write.
inline core::RedisReply text(std::string value) {
  return {.type = core::RedisReply::Type::string, .text = std::move(value)};
}
inline core::RedisReply number(std::int64_t value) {
  return {.type = core::RedisReply::Type::integer, .integer = value};
}
inline core::RedisReply list(std::vector<core::RedisReply> elements) {
  return {.type = core::RedisReply::Type::array, .elements = std::move(elements)};
}

}  // namespace sentix::test
