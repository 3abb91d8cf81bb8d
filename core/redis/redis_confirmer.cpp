#include "core/redis/redis_confirmer.h"

#include <algorithm>

#include "core/redis/redis_redirection.h"
#include "core/redis/redis_replies.h"
#include "core/redis/redis_scripts.h"

namespace sentix::core {
namespace {

using Published = channels::Broker::Published;
using Outcome = Published::Outcome;

constexpr std::chrono::milliseconds kSoon{100};     // after what may be over in a moment
constexpr std::chrono::milliseconds kLater{1'000};  // after too few replicas, where nobody waits
constexpr std::size_t kChannelsMax = 100'000;       // that readers find; others wait for the next reader

bool can_be_asked(const RedisShard* shard) {
  return shard != nullptr && shard->commands != 0 && shard->barrier->ready();
}

}  // namespace

RedisConfirmer::RedisConfirmer(uv_loop_t& loop, RedisShards& shards, RedisCalls& calls, RedisKeys& keys,
                               RedisComplaints& complaints, const RedisOptions& options)
    : loop_(loop),
      shards_(shards),
      calls_(calls),
      keys_(keys),
      complaints_(complaints),
      replicas_(options.sync_replicas),
      timeout_(options.sync_timeout) {}

void RedisConfirmer::confirm(const std::string& name, const channels::ChannelRules::Rule& rule,
                             const channels::Position& stored, std::uint64_t safe, Then then) {
  Channel& channel = channels_[name];
  channel.rule = rule;
  Waiting& one = wait(channel, std::move(then));
  one.stored = stored;
  if (stored.offset <= safe) {
    one.verdict.emplace();
    settle(name);
    return;
  }
  wait_for(channel, stored);
  channel.not_before_ms = 0;
  advance_for(name);
}

void RedisConfirmer::in_turn(const std::string& name, Then then) {
  const auto found = channels_.find(name);
  if (found == channels_.end()) {
    then({});
    return;
  }
  wait(found->second, std::move(then)).verdict.emplace();
  settle(name);
}

RedisConfirmer::Waiting& RedisConfirmer::wait(Channel& channel, Then then) {
  Waiting& one = channel.waiting.emplace_back();
  one.since_ms = uv_now(&loop_);
  one.then = std::move(then);
  ++unanswered_;
  return one;
}

void RedisConfirmer::found(const std::string& name, const channels::ChannelRules::Rule& rule,
                           const channels::Position& top, std::uint64_t stored) {
  if (stored <= top.offset || (channels_.size() >= kChannelsMax && !channels_.contains(name))) {
    return;
  }
  Channel& channel = channels_[name];
  channel.rule = rule;
  wait_for(channel, {top.epoch, stored});
  advance_for(name);
}

void RedisConfirmer::wait_for(Channel& channel, const channels::Position& stored) {
  if (channel.stored.epoch != stored.epoch) {
    channel.stored = stored;
    channel.asked = 0;
  }
  channel.stored.offset = std::max(channel.stored.offset, stored.offset);
}

// What waits for other channels could have begun already: so while a round is under way nobody looks through them all.
void RedisConfirmer::advance_for(const std::string& name) {
  if (can_be_asked(shards_.owner(keys_.channel(name)))) {
    advance();
  }
}

void RedisConfirmer::advance() {
  const std::uint64_t now = uv_now(&loop_);
  std::map<RedisShard*, Round> rounds;
  for (const auto& [name, channel] : channels_) {
    const bool due = channel.asked < channel.stored.offset && now >= channel.not_before_ms;
    RedisShard* const shard = due ? shards_.owner(keys_.channel(name)) : nullptr;
    if (can_be_asked(shard)) {
      rounds[shard].push_back({name, channel.stored});
    }
  }
  for (const auto& [shard, round] : rounds) {
    begin(*shard, round);
  }
}

void RedisConfirmer::begin(RedisShard& shard, const Round& round) {
  for (const Item& item : round) {
    channels_.at(item.channel).asked = item.upto.offset;
  }
  shard.barrier->ask(keys_.barrier(round.front().channel), replicas_, timeout_,
                     [this, round, &shard](const RedisBarrier::Told* told) {
                       if (told != nullptr) {
                         look_at(shard, *told);
                       }
                       crossed(round, told);
                     });
}

// A slot that has moved is somebody else's; any other error, or another run, is of one that is no master any more.
void RedisConfirmer::look_at(RedisShard& shard, const RedisBarrier::Told& told) {
  if (!told.error.empty() && parse_redis_redirection(told.error, {})) {
    shards_.look_now(shard.endpoint);
  } else if (!told.error.empty() || told.run != shard.link->run()) {
    complain(told.error);
    shard.barrier->doubt("it is not the Redis that it was");
  }
}

void RedisConfirmer::crossed(const Round& round, const RedisBarrier::Told* told) {
  const bool answered = told != nullptr && told->error.empty();
  const bool enough = answered && told->replicas >= replicas_;
  if (answered && !enough) {
    complain(std::to_string(told->replicas) + " replicas have them within " + std::to_string(timeout_.count()) +
             " ms (redis_sync_timeout), where redis_sync_replicas is " + std::to_string(replicas_));
  }
  for (const Item& item : round) {
    if (enough) {
      publish(item, told->run);
    } else if (answered) {
      judge(item, {.outcome = Outcome::unsafe, .copies = {told->replicas, replicas_}});
      again(item, kLater);
      settle(item.channel);
    } else {
      again(item, kSoon);
    }
  }
  advance();
}

void RedisConfirmer::publish(const Item& item, const std::string& run) {
  const auto found = channels_.find(item.channel);
  if (found == channels_.end()) {
    return;
  }
  std::vector<std::string> list = keys_.arguments(item.channel, found->second.rule);
  list.insert(list.end(), {item.upto.epoch, std::to_string(item.upto.offset), run});
  const auto then = [this, item](const RedisReply* reply) {
    published(item, reply);
    settle(item.channel);
  };
  if (!calls_.run_script(redis_scripts().confirm, keys_.of_channel(item.channel), std::move(list), then)) {
    again(item, kSoon);
  }
}

// What was stored in an epoch that has ended meanwhile may be there, or not. That nothing was done although it goes on
// means that the channel has moved to another master, whose replicas are to be asked.
void RedisConfirmer::published(const Item& item, const RedisReply* reply) {
  const auto safe = reply != nullptr ? read_confirmed(*reply) : std::nullopt;
  if (!safe) {
    complaints_.complain("a publication", reply);
    again(item, kSoon);
    return;
  }
  const auto found = channels_.find(item.channel);
  const bool waited_for = found != channels_.end() && found->second.stored.epoch == item.upto.epoch;
  if (safe->epoch != item.upto.epoch) {
    judge({item.channel, {item.upto.epoch, UINT64_MAX}}, {.outcome = Outcome::unknown});
    if (waited_for) {
      found->second.stored = {};
    }
    return;
  }
  judge({item.channel, *safe}, {});
  if (waited_for && safe->offset >= found->second.stored.offset) {
    found->second.stored = {};
  } else if (safe->offset < item.upto.offset) {
    again(item, kSoon);
  }
}

// Of who waits for nothing behind the position.
void RedisConfirmer::judge(const Item& item, const Published& verdict) {
  const auto found = channels_.find(item.channel);
  if (found == channels_.end()) {
    return;
  }
  for (Waiting& one : found->second.waiting) {
    if (!one.verdict && one.stored.epoch == item.upto.epoch && one.stored.offset <= item.upto.offset) {
      one.verdict = verdict;
    }
  }
}

void RedisConfirmer::again(const Item& item, std::chrono::milliseconds pause) {
  const auto found = channels_.find(item.channel);
  if (found == channels_.end() || found->second.stored.epoch != item.upto.epoch) {
    return;
  }
  Channel& channel = found->second;
  const bool somebody_waits = std::any_of(channel.waiting.begin(), channel.waiting.end(),
                                          [](const Waiting& one) { return !one.verdict.has_value(); });
  const auto wait = somebody_waits ? std::min(pause, kSoon) : pause;
  channel.asked = 0;
  channel.not_before_ms = uv_now(&loop_) + static_cast<std::uint64_t>(wait.count());
}

// Answers, in their order, those of whom the verdict is known.
void RedisConfirmer::settle(const std::string& name) {
  const auto found = channels_.find(name);
  if (found == channels_.end()) {
    return;
  }
  std::deque<Waiting>& waiting = found->second.waiting;
  while (!waiting.empty() && waiting.front().verdict) {
    waiting.front().then(*waiting.front().verdict);
    waiting.pop_front();
    --unanswered_;
  }
  if (waiting.empty() && found->second.stored.epoch.empty()) {
    channels_.erase(found);
  }
}

void RedisConfirmer::tick() {
  const auto patience = static_cast<std::uint64_t>((2 * timeout_ + kRedisTimeout).count());
  const std::uint64_t now = uv_now(&loop_);
  for (auto next = channels_.begin(); next != channels_.end();) {
    auto& [name, channel] = *next++;  // which settle() may take away
    for (Waiting& one : channel.waiting) {
      if (!one.verdict && now >= one.since_ms + patience) {
        one.verdict = Published{.outcome = Outcome::unknown};
      }
    }
    settle(name);
  }
  advance();
}

void RedisConfirmer::complain(const std::string& why) {
  const RedisReply error{.type = RedisReply::Type::error, .text = why};
  complaints_.complain("what synced publications wait for", why.empty() ? nullptr : &error);
}

}  // namespace sentix::core
