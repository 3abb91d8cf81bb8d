// Errors of a Redis Cluster's nodes. The properties: what was read is a slot and a port that exist and a host that the
// error has named, or the one that was asked; written again, it is read as the same.
#include "core/redis/redis_redirection.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/redis/cluster_slots.h"

using namespace sentix::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_redis_redirection(text, "asked");
  if (!read || read->kind == RedisRedirection::Kind::again) return 0;
  const auto& [host, port] = read->endpoint;
  if (read->slot >= kRedisSlots || port == 0 || !is_redis_host(host)) std::abort();
  if (host != "asked" && text.find(host) == std::string_view::npos) std::abort();
  const std::string word = read->kind == RedisRedirection::Kind::moved ? "MOVED " : "ASK ";
  const auto again =
      parse_redis_redirection(word + std::to_string(read->slot) + ' ' + host + ':' + std::to_string(port), "another");
  if (!again || again->kind != read->kind || again->slot != read->slot || again->endpoint != read->endpoint)
    std::abort();
  return 0;
}
