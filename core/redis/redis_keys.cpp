#include "core/redis/redis_keys.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "channels/position.h"
#include "core/redis_options.h"

namespace sentix::core {

RedisKeys::RedisKeys(std::string prefix)
    : prefix_(std::move(prefix)),
      common_(prefix_ + "{nodes}"),
      leases_(common_ + "leases"),
      nodes_(common_ + "nodes"),
      epoch_prefix_(channels::make_epoch().substr(0, 9)) {}

std::string RedisKeys::channel(std::string_view name) const {
  std::string key = prefix_;
  key += '{';
  key += name;
  key += '}';
  return key;
}

std::string_view RedisKeys::name_of(std::string_view key) const {
  const bool framed = key.size() > prefix_.size() + 2 && key[prefix_.size()] == '{' && key.back() == '}';
  return framed && key.starts_with(prefix_) ? key.substr(prefix_.size() + 1, key.size() - prefix_.size() - 2)
                                            : std::string_view();
}

std::vector<std::string> RedisKeys::of_channel(std::string_view name) const {
  std::vector<std::string> keys;
  for (const char suffix : {'m', 's', 'k', 'c', 'u', 'z', 't'}) {
    keys.push_back(channel(name) + suffix);
  }
  return keys;
}

std::vector<std::string> RedisKeys::arguments(std::string_view name, const channels::ChannelRules::Rule& rule) {
  const channels::ChannelOptions& options = *rule.options;
  const std::chrono::milliseconds ttl = options.history_ttl_in_force();
  const auto keep = rule.exists && options.persistent ? std::chrono::milliseconds(0) : std::max(ttl, kRedisKept);
  return {channel(name),
          fresh_epoch(),
          std::to_string(options.history_size_in_force()),
          std::to_string(ttl.count()),
          std::to_string(options.history_bytes),
          std::to_string(keep.count()),
          options.synced() ? "1" : "0"};
}

std::string RedisKeys::at(std::string_view place) const {
  std::string key = common_ + "at:";
  key += place;
  return key;
}

// Unlike all others, of this node and of others, and short enough to be copied without an allocation.
std::string RedisKeys::fresh_epoch() {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string epoch = epoch_prefix_;
  std::uint64_t bits = ++epochs_;
  for (int letters = 0; letters < 6; ++letters, bits >>= 6U) {
    epoch += kLetters[bits & 63U];
  }
  return epoch;
}

}  // namespace sentix::core
