#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sentix::core {

// One answer of Redis, as RESP2 has it (https://redis.io/docs/reference/protocol-spec/). A value.
struct RedisReply {
  enum class Type : std::uint8_t { nil, status, error, integer, string, array };

  Type type = Type::nil;
  std::int64_t integer = 0;
  std::string text = {};  // of a status, an error or a string; the last may be any bytes
  std::vector<RedisReply> elements = {};

  [[nodiscard]] bool is_error() const { return type == Type::error; }

  friend bool operator==(const RedisReply&, const RedisReply&) = default;
};

}  // namespace sentix::core
