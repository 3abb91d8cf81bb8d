#include "core/redis/redis_complaints.h"

#include <uv.h>

#include <string>

namespace sentix::core {
namespace {

constexpr std::uint64_t kApartNs = 10'000'000'000;

}  // namespace

void RedisComplaints::complain(std::string_view what, const RedisReply* reply) {
  const std::uint64_t now = uv_hrtime();
  if (reply == nullptr || !log_ || now < not_before_ns_) {
    return;
  }
  not_before_ns_ = now + kApartNs;
  log_(LogLevel::error, std::string(what) + " failed in Redis: " +
                            one_line(reply->is_error() ? reply->text : "its answer cannot be read"));
}

}  // namespace sentix::core
