#include "core/redis/redis_shards.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/redis/redis_redirection.h"

namespace sentix::core {
namespace {

constexpr std::size_t kMastersMax = 256;

constexpr std::uint64_t kLookMs = 5'000;     // while everything is there
constexpr std::uint64_t kLookAgainMs = 500;  // while something is not
constexpr std::uint64_t kLookSoonMs = 50;    // where a link is lost, which may be the first of several
constexpr std::uint64_t kApartMs = 20;       // so that many who say that the map is old are few questions
constexpr std::uint64_t kIdleMs = 5'000;     // of a master without slots: what it was asked is answered

constexpr std::uint64_t kFormerMs = 10'000;  // Sentinels tell each other every two seconds who is the master

constexpr std::chrono::milliseconds kQuestionTimeout{1'000};  // then another node is asked

RedisConnectionOptions with_news(RedisConnectionOptions options) {
  if (options.url.kind == RedisUrl::Kind::sentinel) {
    options.sentinel_news = std::make_shared<SentinelNews>();
  }
  return options;
}

}  // namespace

RedisShards::RedisShards(uv_loop_t& loop, RedisConnectionOptions options, Events events)
    : loop_(loop),
      options_(with_news(std::move(options))),
      events_(std::move(events)),
      owners_(kRedisSlots),
      look_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })) {
  if (clustered()) {
    look_within(0);
    return;
  }
  RedisShard* const only = add({}, options_.url);
  std::fill(owners_.begin(), owners_.end(), only);
  only->slots = owners_.size();
  map_problem_.clear();
  watch_sentinels();
}

RedisShard* RedisShards::add(const Name& name, const RedisUrl& url) {
  auto shard = std::make_unique<RedisShard>();
  shard->name = name;
  if (!name.empty()) {
    shard->endpoint = url.endpoints.front();
  }
  shard->problem = "it has not answered yet";
  shard->used_at_ms = uv_now(&loop_);
  RedisConnectionOptions options = options_;
  options.url = url;
  shard->link = std::make_unique<RedisLink>(loop_, options, events_of(*shard));
  shard->barrier = std::make_unique<RedisBarrier>(loop_, options, events_.changed);
  return (shards_[name] = std::move(shard)).get();
}

RedisLink::Events RedisShards::events_of(RedisShard& shard) {
  const auto commands_ready = [this, &shard] {
    shard.commands = ++connections_;
    give_place(shard);
    events_.commands_ready(shard);
  };
  const auto subscriptions_ready = [this, &shard] {
    shard.subscriptions = ++connections_;
    events_.changed();
  };
  const auto lost = [this, &shard](bool commands, const std::string& why) {
    (commands ? shard.commands : shard.subscriptions) = 0;
    shard.problem = why;
    if (commands) {
      shard.barrier->doubt(why);
    }
    look_within(kLookSoonMs);
    events_.lost(shard, why);
  };
  return {
      .commands_ready = commands_ready,
      .subscriptions_ready = subscriptions_ready,
      .lost = lost,
      .heard = events_.heard,
      .unheard = [this, &shard](std::string_view channel, const RedisReply* error) { unheard(shard, channel, error); }};
}

// Who has lost a slot knows who has it now.
void RedisShards::unheard(RedisShard& shard, std::string_view channel, const RedisReply* error) {
  const auto redirection = error != nullptr ? parse_redis_redirection(error->text, shard.endpoint.host) : std::nullopt;
  const bool named = redirection && redirection->kind == RedisRedirection::Kind::moved;
  look_now(named ? redirection->endpoint : shard.endpoint);
  events_.unheard(channel, shard.subscriptions);
}

RedisShard* RedisShards::at(const RedisUrl::Endpoint& endpoint) {
  const Name name = to_text(endpoint);
  const auto found = shards_.find(name);
  if (found == shards_.end() && shards_.size() >= kMastersMax) {
    return nullptr;
  }
  if (found != shards_.end()) {
    found->second->used_at_ms = uv_now(&loop_);
    return found->second.get();
  }
  RedisUrl url = options_.url;
  url.kind = RedisUrl::Kind::standalone;
  url.endpoints = {endpoint};
  return add(name, url);
}

std::string RedisShards::other_runs(const RedisShard& shard) const {
  std::string runs;
  for (const auto& [name, other] : shards_) {
    if (other.get() != &shard && other->slots > 0 && other->commands != 0) {
      runs += ' ';
      runs += other->link->run();
    }
  }
  return runs;
}

void RedisShards::unsubscribe(std::string_view channel, std::uint64_t subscriptions) {
  for (const auto& [name, shard] : shards_) {
    if (subscriptions != 0 && shard->subscriptions == subscriptions) {
      shard->link->unsubscribe(channel);
    }
  }
}

bool RedisShards::ready() const {
  return map_problem_.empty() && std::all_of(shards_.begin(), shards_.end(), [](const auto& one) {
           return one.second->slots == 0 || one.second->ready();
         });
}

std::string RedisShards::problem() const {
  if (!map_problem_.empty()) {
    return map_problem_;
  }
  for (const auto& [name, shard] : shards_) {
    if (shard->slots > 0 && !shard->ready()) {
      const std::string what = name.empty() ? "Redis" : "the master of Redis " + name;
      const std::string slots = name.empty() ? "" : " (" + std::to_string(shard->slots) + " slots)";
      return what + slots + " is not there: " + shard->problem + ".";
    }
  }
  return {};
}

void RedisShards::each(const std::function<void(RedisShard&)>& act) {
  for (const auto& [name, shard] : shards_) {
    act(*shard);
  }
}

// --- The map

void RedisShards::look_now(const RedisUrl::Endpoint& who_knows) {
  who_knows_ = who_knows;
  look_within(0);
}

void RedisShards::look_within(std::uint64_t ms) {
  if (!clustered()) {
    return;
  }
  const std::uint64_t now = uv_now(&loop_);
  const std::uint64_t earliest = asked_at_ms_ + kApartMs;
  const std::uint64_t wait = std::max(ms, earliest > now ? earliest - now : 0);
  const bool waits = uv_is_active(reinterpret_cast<uv_handle_t*>(look_.get())) != 0;
  if (!waits || uv_timer_get_due_in(look_.get()) > wait) {
    uv_timer_start(
        look_.get(), [](uv_timer_t* timer) { static_cast<RedisShards*>(timer->data)->ask(); }, wait, 0);
  }
}

void RedisShards::tick() {
  for (const auto& [name, shard] : shards_) {
    shard->barrier->tend();
  }
  if (clustered()) {
    close_idle();
  }
}

void RedisShards::probe() {
  for (const auto& [name, shard] : shards_) {
    shard->link->probe();
  }
  for (const auto& watch : watches_) {
    watch->probe();
  }
}

// --- Sentinels

void RedisShards::watch_sentinels() {
  if (options_.url.kind != RedisUrl::Kind::sentinel) {
    return;
  }
  for (const RedisUrl::Endpoint& sentinel : options_.url.endpoints) {
    watches_.push_back(std::make_unique<SentinelWatch>(loop_, options_, sentinel,
                                                       [this](const MasterSwitch& failover) { switched(failover); }));
  }
}

// Each Sentinel says it, one after the other, and some when the connections have found out already.
void RedisShards::switched(const MasterSwitch& failover) {
  SentinelNews& news = *options_.sentinel_news;
  if (news.named == failover.present) {
    return;
  }
  news.named = failover.present;
  news.former = failover.former;
  news.former_until_ms = uv_now(&loop_) + kFormerMs;
  owners_.front()->link->give_up("a Sentinel has named another master, " + to_text(failover.present));
}

// Masters that answer, then what the URL names; all others come last.
std::vector<RedisUrl::Endpoint> RedisShards::whom_to_ask() const {
  std::vector<RedisUrl::Endpoint> list;
  for (const auto& [name, shard] : shards_) {
    if (shard->commands != 0) {
      list.push_back(shard->endpoint);
    }
  }
  list.insert(list.end(), options_.url.endpoints.begin(), options_.url.endpoints.end());
  for (const auto& [name, shard] : shards_) {
    if (shard->commands == 0) {
      list.push_back(shard->endpoint);
    }
  }
  return list;
}

void RedisShards::ask() {
  if (question_ && !concluded_) {
    look_within(kApartMs);  // what is under way may have been answered before the map had changed
    return;
  }
  RedisConnectionOptions options = options_;
  options.connect_timeout = options.reply_timeout = kQuestionTimeout;
  const std::vector<RedisUrl::Endpoint> nodes = whom_to_ask();
  const RedisUrl::Endpoint node = who_knows_ ? *who_knows_ : nodes[asked_++ % nodes.size()];
  who_knows_.reset();
  concluded_ = false;
  asked_at_ms_ = uv_now(&loop_);
  question_ = std::make_unique<ClusterQuestion>(
      loop_, options, node, [this](std::optional<ClusterQuestion::Answer> answer, const std::string& problem) {
        concluded_ = true;
        told(std::move(answer), problem);
      });
}

void RedisShards::told(std::optional<ClusterQuestion::Answer> answer, const std::string& problem) {
  const bool none_ready =
      std::none_of(shards_.begin(), shards_.end(), [](const auto& one) { return one.second->commands != 0; });
  if (none_ready) {
    epoch_ = 0;  // a Cluster that was made anew begins with a low one
  }
  if (answer && answer->epoch >= epoch_) {
    epoch_ = answer->epoch;
    take(answer->ranges);
  } else if (!answer && none_ready) {
    map_problem_ = "Redis is not there: " + problem + ".";
  }
  look_within(ready() ? kLookMs : kLookAgainMs);
  events_.changed();
}

void RedisShards::take(const std::vector<ClusterRange>& ranges) {
  std::fill(owners_.begin(), owners_.end(), nullptr);
  std::size_t nobodys = kRedisSlots;
  for (const ClusterRange& range : ranges) {
    RedisShard* const shard = at(range.master);
    std::fill(owners_.begin() + range.first, owners_.begin() + range.last + 1, shard);
    nobodys -= shard != nullptr ? range.last - range.first + 1U : 0;
  }
  for (const auto& [name, shard] : shards_) {
    const auto count = static_cast<std::size_t>(std::count(owners_.begin(), owners_.end(), shard.get()));
    if (shard->slots > 0 && count == 0) {
      shard->used_at_ms = uv_now(&loop_);
    }
    shard->slots = count;
  }
  map_problem_.clear();
  if (nobodys > 0) {
    map_problem_ = std::to_string(nobodys) + " slots of the Redis Cluster belong to no master.";
  }
}

void RedisShards::close_idle() {
  const std::uint64_t now = uv_now(&loop_);
  for (auto next = shards_.begin(); next != shards_.end();) {
    RedisShard& shard = *next->second;
    if (shard.slots > 0 || now < shard.used_at_ms + kIdleMs) {
      ++next;
      continue;
    }
    shard.link->give_up("it has no slots any more");  // so that what waits for an answer hears of it
    shard.barrier->give_up("it has no slots any more");
    next = shards_.erase(next);
  }
}

}  // namespace sentix::core
