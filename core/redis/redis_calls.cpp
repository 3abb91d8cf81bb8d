#include "core/redis/redis_calls.h"

#include <utility>

#include "core/redis_options.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kTickMs = 5;
constexpr std::size_t kWaitingMax = 100'000;

constexpr auto kPatienceMs = static_cast<std::uint64_t>(kRedisTimeout.count());

}  // namespace

RedisCalls::RedisCalls(uv_loop_t& loop, RedisShards& shards)
    : loop_(loop),
      shards_(shards),
      under_way_(kRedisSlots),
      random_(std::random_device()()),
      ticker_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })) {}

bool RedisCalls::is_redirection(const RedisReply& reply) {
  return reply.is_error() && parse_redis_redirection(reply.text, {}).has_value();
}

bool RedisCalls::send(std::string_view key, std::vector<std::string> words, Answer answer) {
  return submit(std::make_shared<Call>(
      Call{.slot = shards_.slot_of(key), .words = std::move(words), .answer = std::move(answer)}));
}

bool RedisCalls::run_script(const RedisScript& script, std::vector<std::string> keys,
                            std::vector<std::string> arguments, Answer answer) {
  const std::uint16_t slot = shards_.slot_of(keys.front());
  const std::size_t count = keys.size();
  keys.insert(keys.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  return submit(std::make_shared<Call>(
      Call{.slot = slot, .script = &script, .words = std::move(keys), .keys = count, .answer = std::move(answer)}));
}

bool RedisCalls::busy(std::string_view key) const {
  const std::uint16_t slot = shards_.slot_of(key);
  return under_way_[slot].calls > 0 || lanes_.contains(slot);
}

bool RedisCalls::submit(CallPtr call) {
  if (const auto found = lanes_.find(call->slot); found != lanes_.end()) {
    return hold(found->second, std::move(call));
  }
  RedisShard* const shard = shards_.owner(call->slot);
  if (shard == nullptr) {
    return false;
  }
  const UnderWay& under_way = under_way_[call->slot];
  if (under_way.calls > 0 && under_way.at != shard) {
    Lane& lane = lane_of(call->slot);
    return hold(lane, std::move(call));
  }
  const bool sent = dispatch(call, *shard, false);
  unanswered_ += sent ? 1 : 0;
  return sent;
}

bool RedisCalls::hold(Lane& lane, CallPtr call) {
  if (lane.waiting.size() >= kWaitingMax) {
    return false;
  }
  call->waits_since_ms = uv_now(&loop_);
  lane.waiting.push_back(std::move(call));
  ++unanswered_;
  return true;
}

bool RedisCalls::dispatch(const CallPtr& call, RedisShard& shard, bool asking) {
  if (shard.commands == 0) {
    return false;
  }
  UnderWay& under_way = under_way_[call->slot];
  const auto then = [this, call, by = shard.endpoint.host, asking](const RedisReply* reply) {
    answered(call, by, asking, reply);
  };
  const bool sent = call->script == nullptr ? shard.link->send(call->words, asking, then)
                                            : shard.link->run_script(*call->script, call->words, call->keys,
                                                                     shards_.other_runs(shard), asking, then);
  if (sent) {
    ++under_way.calls;
    under_way.at = &shard;
  }
  return sent;
}

void RedisCalls::answered(const CallPtr& call, const std::string& by, bool asked, const RedisReply* reply) {
  --under_way_[call->slot].calls;
  const bool refused = shards_.clustered() && reply != nullptr && reply->is_error();
  if (const auto redirection = refused ? parse_redis_redirection(reply->text, by) : std::nullopt) {
    take_back(call, *redirection, reply->text);
  } else {
    --unanswered_;
    call->answer(reply);
    if (reply != nullptr && !asked) {
      release(call->slot);
    }
  }
  advance(call->slot);
}

void RedisCalls::take_back(const CallPtr& call, const RedisRedirection& redirection, const std::string& error) {
  using Kind = RedisRedirection::Kind;
  const std::uint64_t now = uv_now(&loop_);
  Lane& lane = lane_of(call->slot);
  call->waits_since_ms = call->waits_since_ms == 0 ? now : call->waits_since_ms;
  lane.returned.push_back(call);
  lane.error = error;
  lane.ask.reset();
  if (redirection.kind == Kind::ask) {
    lane.ask = redirection.endpoint;
    return;
  }
  if (redirection.kind == Kind::moved) {
    shards_.look_now(redirection.endpoint);
  }
  const auto wait = lane.backoff.next(static_cast<std::uint32_t>(random_()));
  lane.not_before_ms = now + static_cast<std::uint64_t>(wait.count());
}

void RedisCalls::changed() {
  for (auto& [slot, lane] : lanes_) {
    lane.not_before_ms = 0;
  }
  advance_all();
}

RedisCalls::Lane& RedisCalls::lane_of(std::uint16_t slot) {
  if (lanes_.empty()) {
    uv_timer_start(
        ticker_.get(), [](uv_timer_t* timer) { static_cast<RedisCalls*>(timer->data)->advance_all(); }, kTickMs,
        kTickMs);
  }
  return lanes_.try_emplace(slot, uv_now(&loop_)).first->second;
}

// Sends the oldest of what waits, if nothing is under way in front of it and its time has come.
void RedisCalls::advance(std::uint16_t slot) {
  const auto found = lanes_.find(slot);
  if (found == lanes_.end() || under_way_[slot].calls > 0) {
    return;
  }
  Lane& lane = found->second;
  lane.waiting.insert(lane.waiting.begin(), lane.returned.begin(), lane.returned.end());
  lane.returned.clear();
  give_up_old(lane);
  if (lane.waiting.empty()) {
    lanes_.erase(found);
    return;
  }
  if (uv_now(&loop_) < lane.not_before_ms) {
    return;
  }
  RedisShard* const shard = lane.ask ? shards_.at(*lane.ask) : shards_.owner(slot);
  if (shard != nullptr && dispatch(lane.waiting.front(), *shard, lane.ask.has_value())) {
    lane.waiting.pop_front();
    lane.ask.reset();
  }
}

void RedisCalls::give_up_old(Lane& lane) {
  const std::uint64_t now = uv_now(&loop_);
  while (!lane.waiting.empty() && now >= lane.waiting.front()->waits_since_ms + kPatienceMs) {
    const CallPtr old = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    refuse(old, lane.error);
  }
}

// One was carried out where the slot is thought to be: so what waits follows, unless older ones have come back.
void RedisCalls::release(std::uint16_t slot) {
  const auto found = lanes_.find(slot);
  if (found == lanes_.end() || under_way_[slot].calls > 0 || !found->second.returned.empty()) {
    return;
  }
  const Lane lane = std::move(found->second);
  lanes_.erase(found);
  for (const CallPtr& call : lane.waiting) {
    RedisShard* const shard = shards_.owner(slot);
    if (shard == nullptr || !dispatch(call, *shard, false)) {
      refuse(call, lane.error);
    }
  }
}

void RedisCalls::refuse(const CallPtr& call, const std::string& error) {
  --unanswered_;
  const RedisReply reply{.type = RedisReply::Type::error, .text = error};
  call->answer(&reply);
}

void RedisCalls::advance_all() {
  std::vector<std::uint16_t> slots;
  for (const auto& [slot, lane] : lanes_) {
    slots.push_back(slot);
  }
  for (const std::uint16_t slot : slots) {
    advance(slot);
  }
  if (lanes_.empty()) {
    uv_timer_stop(ticker_.get());
  }
}

}  // namespace sentix::core
