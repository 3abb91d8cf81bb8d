#include "channels/channel_state.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "channels/wire_values.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

using protocol::SharedFrame;

// Keys of different users have nothing to do with each other; those who are not authenticated are one user here. The
// length in front tells where the name ends, whatever characters it has.
std::string scoped_key(std::string_view user, std::string_view key) {
  if (key.empty()) return {};
  std::string scoped = std::to_string(user.size());
  scoped += ':';
  scoped += user;
  scoped += key;
  return scoped;
}

}  // namespace

ChannelState::ChannelState(std::string_view name, const ChannelRules::Rule& rule, HistoryBudget& budget,
                           Incarnation incarnation, Time now)
    : name_(name), options_(rule.options), configured_(rule.exists), incarnation_(incarnation), last_active_(now) {
  if (options_->keeps_history()) history_.emplace(*options_, budget);
  if (options_->presence) presence_.emplace(options_->presence_grace);
}

bool ChannelState::full() const {
  return options_->max_clients > 0 && clients_ >= options_->max_clients;
}

Broker::Subscribed ChannelState::subscribe(const Broker::Subscribing& request) {
  Broker::Subscribed result{.incarnation = incarnation_};
  if (history_) {
    history_->expire(request.now);
    result.top = history_->top();
    if (request.since) {
      auto missed = history_->missed_since(*request.since);
      result.recovered = missed.has_value();
      if (missed) result.missed = std::move(*missed);
    }
  }
  add_client(request.inbox);
  try {
    result.members = join(request);
  } catch (...) {
    remove_client(request.inbox);
    throw;
  }
  result.sequence = sequence_;
  return result;
}

// Tells the others, and returns who is there now.
std::optional<MemberList> ChannelState::join(const Broker::Subscribing& request) {
  if (!presence_) return std::nullopt;
  const bool first = presence_->join(request.session, request.member);
  try {
    auto all = presence_->list(options_->presence_members);
    if (first) send(protocol::encode(protocol::Joined{name_, to_wire(request.member)}), request.session, true);
    return all;
  } catch (...) {
    presence_->take_back(request.session, first);
    throw;
  }
}

std::optional<Time> ChannelState::unsubscribe(Inbox& inbox, SessionId session, Time now) noexcept {
  remove_client(inbox);
  last_active_ = now;
  if (!presence_) return std::nullopt;
  const auto due = presence_->leave(session, now);
  return due && *due <= now ? tell_leaves(now) : due;
}

std::optional<Time> ChannelState::tell_leaves(Time now) noexcept {
  if (!presence_) return std::nullopt;
  return presence_->let_go(now, [this](const Member& gone) {
    try {
      send(protocol::encode(protocol::Left{name_, to_wire(gone)}), SessionId::none, true);
    } catch (...) {
      for (const Listener& listener : listeners_) listener.inbox->lose();
    }
  });
}

Broker::Published ChannelState::publish(const Broker::Publishing& request, protocol::MessageDraft draft) {
  last_active_ = request.now;
  if (!history_) return {.congested = signal(std::move(draft).finish(std::nullopt).frame, SessionId::none)};

  history_->expire(request.now);
  std::string key = scoped_key(request.user, request.key);
  if (const auto first = history_->find(key, request.data))
    return {.position = Position{history_->top().epoch, *first}};
  // Nothing fails any more once the message is in the history: it is there, and on its way to all, or neither.
  Broker::Published result{.position = Position{history_->top().epoch, history_->next_offset()}};
  const protocol::MessageFrame message = std::move(draft).finish(history_->next_offset());
  history_->add(message, std::move(key), request.now);
  result.congested = signal(message.frame, SessionId::none);
  return result;
}

bool ChannelState::send(SharedFrame frame, SessionId except, bool tells_members) noexcept {
  const Publication publication{std::move(frame), incarnation_, ++sequence_, except, tells_members};
  bool congested = false;
  for (const Listener& listener : listeners_) {
    listener.inbox->post(publication);
    congested |= listener.inbox->congested();
  }
  return congested;
}

std::optional<Broker::Read> ChannelState::read(const Broker::Reading& request) {
  if (!history_) return std::nullopt;
  history_->expire(request.now);
  return Broker::Read{history_->top(), history_->read(request.limit, request.since, request.reverse)};
}

std::optional<MemberList> ChannelState::members(std::size_t members_max) const {
  if (!presence_) return std::nullopt;
  return presence_->list(std::min(members_max, options_->presence_members));
}

void ChannelState::expire(Time now) {
  if (history_) history_->expire(now);
}

bool ChannelState::forgettable(Time now) const {
  if (clients_ > 0) return false;
  if (!options_->persistent) return true;
  const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_active_);
  return !configured_ && idle >= options_->history_ttl_in_force();
}

void ChannelState::add_client(Inbox& inbox) {
  const auto is_it = [&inbox](const Listener& listener) { return listener.inbox == &inbox; };
  const auto found = std::find_if(listeners_.begin(), listeners_.end(), is_it);
  if (found == listeners_.end()) {
    listeners_.push_back({&inbox, 1});
  } else {
    ++found->clients;
  }
  ++clients_;
}

void ChannelState::remove_client(Inbox& inbox) noexcept {
  const auto is_it = [&inbox](const Listener& listener) { return listener.inbox == &inbox; };
  const auto found = std::find_if(listeners_.begin(), listeners_.end(), is_it);
  assert(found != listeners_.end());
  --clients_;
  if (--found->clients == 0) listeners_.erase(found);
}

}  // namespace sentix::channels
