#pragma once

#include <cstdint>
#include <string_view>

#include "core/log.h"
#include "core/redis/redis_reply.h"

namespace sentix::core {

// Tells the log what Redis refuses, once in a while: it may refuse it very often (OOM). Belongs to one thread.
class RedisComplaints {
 public:
  explicit RedisComplaints(LogSink log) : log_(std::move(log)) {}

  // A null reply is that of a lost connection, which is told elsewhere.
  void complain(std::string_view what, const RedisReply* reply);

 private:
  const LogSink log_;
  std::uint64_t not_before_ns_ = 0;
};

}  // namespace sentix::core
