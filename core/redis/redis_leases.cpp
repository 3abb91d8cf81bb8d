#include "core/redis/redis_leases.h"

#include <utility>

#include "core/redis/redis_scripts.h"
#include "core/redis_options.h"

namespace sentix::core {

RedisLeases::RedisLeases(uv_loop_t& loop, RedisShards& shards, RedisCalls& calls, RedisKeys& keys,
                         RedisComplaints& complaints, std::string process, Events events)
    : loop_(loop),
      shards_(shards),
      calls_(calls),
      keys_(keys),
      complaints_(complaints),
      process_(std::move(process)),
      events_(std::move(events)) {}

// Where the leases were away, every one of them may be over: the others are given the time to say that they are there.
void RedisLeases::begin(RedisShard& shard) {
  if (shards_.owner(keys_.leases()) == &shard) {
    buries_from_ms_ = uv_now(&loop_) + static_cast<std::uint64_t>(kRedisLease.count()) / 2;
    renew();
  } else {
    renew(shard);
  }
}

void RedisLeases::renew() {
  shards_.each([this](RedisShard& shard) {
    if (shard.commands != 0) {
      renew(shard);
    }
  });
}

void RedisLeases::renew(RedisShard& shard) {
  calls_.run_script(redis_scripts().lease, {keys_.leases()}, {place(shard), std::to_string(kRedisLease.count())},
                    [this, number = shard.place](const RedisReply* reply) { told(number, reply); });
}

// Who was taken for dead meanwhile says everything anew, elsewhere.
void RedisLeases::told(std::uint64_t place, const RedisReply* reply) {
  if (reply == nullptr || reply->elements.empty()) {
    complaints_.complain("the lease", reply);
    return;
  }
  const bool held = reply->elements[0].integer != 0;
  bool lapsed = false;
  shards_.each([&](RedisShard& shard) {
    if (shard.place == place && std::exchange(shard.leased, true) && !held) {
      shards_.give_place(shard);
      lapsed = true;
    }
  });
  if (lapsed) {
    renew();
    events_.lapsed();
  }
  if (uv_now(&loop_) >= buries_from_ms_) {
    for (std::size_t i = 1; i < reply->elements.size(); ++i) {
      bury(reply->elements[i].text);
    }
  }
}

// Several nodes may do it at one time.
void RedisLeases::bury(const std::string& place) {
  const std::string set = keys_.at(place);
  calls_.send(set, {"SMEMBERS", set}, [this, place](const RedisReply* reply) {
    if (reply != nullptr && reply->type == RedisReply::Type::array) {
      bury(place, *reply);
    }
  });
}

// Where one of the channels cannot be reached, somebody does all of it again later.
void RedisLeases::bury(const std::string& place, const RedisReply& channels) {
  if (channels.elements.empty()) {
    forget(place);
  }
  const auto left = std::make_shared<std::size_t>(channels.elements.size());
  for (const RedisReply& channel : channels.elements) {
    events_.bury(place, channel.text, [this, place, left](bool buried) {
      if (buried && --*left == 0) {
        forget(place);
      }
    });
  }
}

void RedisLeases::forget(const std::string& place) {
  const std::string set = keys_.at(place);
  calls_.send(set, {"DEL", set}, [](const RedisReply*) {});
  calls_.send(keys_.leases(), {"ZREM", keys_.leases(), place}, [](const RedisReply*) {});
}

}  // namespace sentix::core
