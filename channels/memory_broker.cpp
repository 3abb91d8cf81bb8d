#include "channels/memory_broker.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/json_text.h"

namespace sentix::channels {

// The highest bits choose the stripe, because the table inside uses the hash modulo its size.
MemoryBroker::Stripe& MemoryBroker::stripe_of(std::string_view channel) {
  constexpr unsigned kShift = 8 * sizeof(std::size_t) - 6;
  static_assert(std::tuple_size_v<decltype(stripes_)> == std::size_t{1} << 6);
  return stripes_[NameHash()(channel) >> kShift];
}

ChannelState* MemoryBroker::find(Stripe& stripe, std::string_view channel) {
  const auto found = stripe.channels.find(channel);
  return found == stripe.channels.end() ? nullptr : &found->second;
}

ChannelState* MemoryBroker::find_or_create(Stripe& stripe, std::string_view channel, const ChannelRules::Rule& rule,
                                           Time now) {
  if (ChannelState* const there = find(stripe, channel)) return there;
  if (!take_room(rule)) return nullptr;
  const Incarnation incarnation = last_incarnation_.fetch_add(1, std::memory_order_relaxed) + 1;
  try {
    return &stripe.channels
                .try_emplace(std::string(channel), channel, rule, ChannelState::Keeping{history_budget_, storage_},
                             incarnation, now)
                .first->second;
  } catch (...) {
    channel_count_.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
}

// Counts one more channel, so that two threads cannot both take the last place.
bool MemoryBroker::take_room(const ChannelRules::Rule& rule) {
  if (channel_count_.fetch_add(1, std::memory_order_relaxed) < channels_max_ || rule.exists) return true;
  channel_count_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

Broker::Subscribed MemoryBroker::subscribe(const Subscribing& request) {
  Stripe& stripe = stripe_of(request.channel);
  const std::lock_guard lock(stripe.mutex);
  if (!request.rule.can_exist() && find(stripe, request.channel) == nullptr) {
    return {.outcome = Subscribed::Outcome::not_found};
  }
  ChannelState* const channel = find_or_create(stripe, request.channel, request.rule, request.now);
  if (channel == nullptr) return {.outcome = Subscribed::Outcome::too_many_channels};
  if (request.again) return channel->describe(request.now);
  if (channel->full()) {
    return {.outcome = Subscribed::Outcome::channel_full, .clients_max = channel->clients_max()};
  }
  return channel->subscribe(request);
}

Broker::Subscribed::Outcome MemoryBroker::listen_in(std::string_view channel, const ChannelRules::Rule& rule,
                                                    const std::shared_ptr<Inbox>& inbox, Time now) {
  using Outcome = Subscribed::Outcome;
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  if (!rule.can_exist() && find(stripe, channel) == nullptr) return Outcome::not_found;
  ChannelState* const there = find_or_create(stripe, channel, rule, now);
  if (there == nullptr) return Outcome::too_many_channels;
  there->listen_in(*inbox);
  return Outcome::ok;
}

void MemoryBroker::ignore(std::string_view channel, const std::shared_ptr<Inbox>& inbox, Time now) noexcept {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  const auto found = stripe.channels.find(channel);
  if (found == stripe.channels.end()) return;
  found->second.ignore(*inbox, now);
  if (found->second.forgettable(now)) forget(stripe.channels, found);
}

void MemoryBroker::unsubscribe(std::string_view channel, Inbox& inbox, SessionId session, Time now) noexcept {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  const auto found = stripe.channels.find(channel);
  if (found == stripe.channels.end()) return;
  const auto due = found->second.unsubscribe(inbox, session, now);
  if (!found->second.forgettable(now)) return await_leaves(stripe, channel, found->second, due);
  forget(stripe.channels, found);
}

void MemoryBroker::forget(Channels& channels, Channels::iterator channel) noexcept {
  if (channel->second.durable()) storage_->forget(channel->first);
  channels.erase(channel);
  channel_count_.fetch_sub(1, std::memory_order_relaxed);
}

// Where there is no memory to wait, they are told now.
void MemoryBroker::await_leaves(Stripe& stripe, std::string_view name, ChannelState& channel,
                                std::optional<Time> due) noexcept {
  if (!due) return;
  try {
    stripe.leaves.emplace(*due, Leaves{std::string(name), channel.incarnation()});
  } catch (...) {
    channel.tell_leaves(Time::max());
  }
}

void MemoryBroker::tell_leaves(Time now) noexcept {
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    while (!stripe.leaves.empty() && stripe.leaves.begin()->first <= now) {
      const auto node = stripe.leaves.extract(stripe.leaves.begin());
      const Leaves& leaves = node.mapped();
      ChannelState* const channel = find(stripe, leaves.channel);
      if (channel == nullptr || channel->incarnation() != leaves.incarnation) continue;
      await_leaves(stripe, leaves.channel, *channel, channel->tell_leaves(now));
    }
  }
}

Broker::Published MemoryBroker::publish(const Publishing& request) {
  protocol::MessageDraft draft(request.channel, request.data,
                               request.user.empty() ? "" : protocol::quote(request.user));
  Stripe& stripe = stripe_of(request.channel);
  const std::lock_guard lock(stripe.mutex);
  ChannelState* channel = find(stripe, request.channel);
  if (channel == nullptr) {
    if (!request.rule.can_exist()) return {.outcome = Published::Outcome::not_found};
    const ChannelOptions& options = *request.rule.options;
    if (!options.persistent || !options.keeps_history()) return {};
    channel = find_or_create(stripe, request.channel, request.rule, request.now);
    if (channel == nullptr) return {.outcome = Published::Outcome::too_many_channels};
  }
  return channel->publish(request, std::move(draft));
}

bool MemoryBroker::wait_turn(std::string_view channel, const Author& author) {
  if (storage_ == nullptr) return false;
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  ChannelState* const there = find(stripe, channel);
  return there != nullptr && there->wait_turn(author);
}

void MemoryBroker::stored(std::string_view channel, const Storage::Attempt& attempt, std::uint64_t offset) noexcept {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  if (ChannelState* const there = find(stripe, channel)) there->stored(attempt, offset);
}

void MemoryBroker::not_stored(std::string_view channel, const Storage::Attempt& attempt) noexcept {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  if (ChannelState* const there = find(stripe, channel)) there->not_stored(attempt);
}

MemoryBroker::Restored MemoryBroker::restore(const StoredChannel& stored, const ChannelRules::Rule& rule, Time now) {
  if (!rule.options->lasts() || !rule.can_exist()) return Restored::unknown;
  Stripe& stripe = stripe_of(stored.name);
  const std::lock_guard lock(stripe.mutex);
  ChannelState* const channel = find_or_create(stripe, stored.name, rule, now);
  if (channel == nullptr) return Restored::unknown;
  channel->restore(stored, now);
  return channel->durable() ? Restored::durable : Restored::memory;
}

void MemoryBroker::store_rest(Time now, const std::function<void(StoredChannel)>& store) {
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    for (auto& [name, channel] : stripe.channels) {
      if (auto stored = channel.to_store(now)) store(std::move(*stored));
    }
  }
}

bool MemoryBroker::signal(std::string_view channel, const protocol::SharedFrame& frame, SessionId except) {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  ChannelState* const there = find(stripe, channel);
  return there != nullptr && there->signal(frame, except);
}

std::optional<Broker::Read> MemoryBroker::history(const Reading& request) {
  Stripe& stripe = stripe_of(request.channel);
  const std::lock_guard lock(stripe.mutex);
  ChannelState* channel = find(stripe, request.channel);
  // The epoch that is told now must still hold when the first publication comes.
  if (channel == nullptr && request.rule.exists && request.rule.options->keeps_history()) {
    channel = find_or_create(stripe, request.channel, request.rule, request.now);
  }
  if (channel == nullptr) return std::nullopt;
  return channel->read(request);
}

std::optional<Broker::Members> MemoryBroker::members(std::string_view channel, const ChannelRules::Rule& rule,
                                                     std::size_t members_max,
                                                     const Asker<std::optional<Members>>* /*asker*/) {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  if (const ChannelState* const there = find(stripe, channel)) {
    auto list = there->members(members_max);
    return list ? std::optional(Members{std::move(*list), Answered::now}) : std::nullopt;
  }
  if (rule.exists && rule.options->presence) return Members();
  return std::nullopt;
}

bool MemoryBroker::has(std::string_view channel) {
  Stripe& stripe = stripe_of(channel);
  const std::lock_guard lock(stripe.mutex);
  return find(stripe, channel) != nullptr;
}

// Keeps the first ones so far in a heap, the last of them on top. No lock is held for longer than a stripe takes.
std::vector<Broker::Listed> MemoryBroker::list(std::string_view prefix, std::string_view after, std::size_t limit) {
  const auto by_name = [](const Listed& left, const Listed& right) { return left.channel < right.channel; };
  std::vector<Listed> first;
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    for (const auto& [name, channel] : stripe.channels) {
      const bool wanted = name.starts_with(prefix) && name > after;
      if (!wanted || (first.size() == limit && name >= first.front().channel)) continue;
      first.push_back({name, channel.clients()});
      std::push_heap(first.begin(), first.end(), by_name);
      if (first.size() <= limit) continue;
      std::pop_heap(first.begin(), first.end(), by_name);
      first.pop_back();
    }
  }
  std::sort_heap(first.begin(), first.end(), by_name);
  return first;
}

void MemoryBroker::expire(Time now) {
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    for (auto channel = stripe.channels.begin(); channel != stripe.channels.end();) {
      channel->second.expire(now);
      const auto looked_at = channel++;
      if (looked_at->second.forgettable(now)) forget(stripe.channels, looked_at);
    }
  }
}

}  // namespace sentix::channels
