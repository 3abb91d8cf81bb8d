#include "core/redis/redis_follower.h"

#include <utility>

namespace sentix::core {

void RedisFollower::hear(RedisMessage message) {
  ++heard_;
  held_.push_back({heard_, std::move(message)});
  go_on();
}

// Whether it can be handed out, as far as it is not known already.
bool RedisFollower::in_turn(const RedisMessage& message) const {
  if (message.kind != RedisMessage::Kind::publications || message.epoch.empty()) {
    return true;
  }
  return message.epoch == place_.epoch && message.first <= place_.offset + 1;
}

void RedisFollower::hand_out(const RedisMessage& message) {
  if (message.kind != RedisMessage::Kind::publications) {
    sink_.signal(message);
    return;
  }
  std::uint64_t offset = message.first;
  for (const auto& [data, user] : message.items) {
    if (message.epoch.empty()) {
      sink_.publication(0, data, user);
    } else if (offset > place_.offset) {
      place_.offset = offset;
      sink_.publication(offset, data, user);
    }
    ++offset;
  }
}

void RedisFollower::go_on() {
  while (under_way_ == 0 && !held_.empty()) {
    if (!in_turn(held_.front().message)) {
      doubtful_ = true;
      return;
    }
    const RedisMessage next = std::move(held_.front().message);
    held_.pop_front();
    hand_out(next);
  }
}

std::uint64_t RedisFollower::ask() {
  ++under_way_;
  doubtful_ = false;
  return heard_;
}

// What was heard before the question was sent was published before it was answered: what is of another epoch then is of
// one that has ended.
void RedisFollower::answered(std::uint64_t question, const Answer& answer) {
  --under_way_;
  const bool same = answer.top.epoch == place_.epoch;
  if (known() && (!same || answer.from > place_.offset)) {
    sink_.gap({answer.top.epoch, answer.from});
  }
  if (!same || answer.from > place_.offset) {
    place_ = {answer.top.epoch, answer.from};
  }
  for (const Entry& entry : answer.entries) {
    if (entry.offset > place_.offset) {
      place_.offset = entry.offset;
      sink_.publication(entry.offset, entry.data, entry.user_json);
    }
  }
  std::erase_if(held_, [&](const Held& held) {
    return held.number <= question && held.message.kind == RedisMessage::Kind::publications &&
           !held.message.epoch.empty() && held.message.epoch != place_.epoch;
  });
}

}  // namespace sentix::core
