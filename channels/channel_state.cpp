#include "channels/channel_state.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "channels/wire_values.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

using protocol::SharedFrame;

}  // namespace

ChannelState::ChannelState(std::string_view name, const ChannelRules::Rule& rule, const Keeping& keeping,
                           Incarnation incarnation, Time now)
    : name_(name), options_(rule.options), configured_(rule.exists), incarnation_(incarnation), last_active_(now) {
  if (options_->keeps_history()) history_.emplace(*options_, keeping.budget);
  if (keeping.storage != nullptr && options_->durable()) {
    log_.emplace(*keeping.storage, incarnation_, options_->durability == Durability::synced);
  }
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

Broker::Subscribed ChannelState::describe(Time now) {
  Broker::Subscribed result{.incarnation = incarnation_, .sequence = sequence_};
  if (history_) {
    history_->expire(now);
    result.top = history_->top();
  }
  result.members = members(kAllMembers);
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
  if (log_) return publish_durably(request, std::move(draft), std::move(key));
  if (const auto first = history_->find(key, request.data))
    return {.position = Position{history_->top().epoch, *first}};
  // Nothing fails any more once the message is in the history: it is there, and on its way to all, or neither.
  Broker::Published result{.position = Position{history_->top().epoch, history_->next_offset()}};
  const protocol::MessageFrame message = std::move(draft).finish(history_->next_offset());
  history_->add(message, std::move(key), request.now);
  result.congested = signal(message.frame, SessionId::none);
  return result;
}

// Nobody sees it before it is stored; who repeats one that is being stored, or comes behind one, waits as well.
Broker::Published ChannelState::publish_durably(const Broker::Publishing& request, protocol::MessageDraft draft,
                                                std::string key) {
  const std::string epoch = history_->top().epoch;
  auto first = history_->find(key, request.data);
  if (first && request.author == nullptr) return {.position = Position{epoch, *first}};
  if (!first) first = log_->find(key, request.data);
  if (first) {
    if (request.author != nullptr) answer_in_turn(*request.author, first);
  } else {
    const std::uint64_t offset = history_->next_offset() + log_->size();
    DurableLog::Pending publication{.offset = offset,
                                    .message = std::move(draft).finish(offset),
                                    .key = std::move(key),
                                    .at = request.now,
                                    .waiters = {}};
    log_->append(name_, epoch, std::move(publication), request.author);
  }
  return {.outcome = Broker::Published::Outcome::later, .congested = log_->storage().congested()};
}

bool ChannelState::wait_turn(const Broker::Author& author) {
  if (!log_) return false;
  answer_in_turn(author, std::nullopt);
  return true;
}

// Behind those who wait; where nobody does, by the way that the answers to the last ones may still be on.
void ChannelState::answer_in_turn(const Broker::Author& author, std::optional<std::uint64_t> offset) {
  if (log_->empty()) return author.answer_later()(told(offset));
  log_->wait_turn(author, offset);
}

void ChannelState::stored(const Storage::Attempt& attempt, std::uint64_t offset) noexcept {
  if (!log_) return;
  while (auto publication = log_->take_stored(attempt, offset)) {
    protocol::SharedFrame frame = publication->message.frame;
    try {
      history_->add(std::move(publication->message), std::move(publication->key), publication->at);
    } catch (...) {
      history_->skip();
    }
    signal(std::move(frame), SessionId::none);
    for (const DurableLog::Waiter& waiter : publication->waiters) waiter.answer(told(waiter.offset));
  }
}

// Those who merely waited for their turn are told what they would have been told anyway.
void ChannelState::not_stored(const Storage::Attempt& attempt) noexcept {
  if (!log_) return;
  const std::uint64_t first_lost = history_->next_offset();
  for (const DurableLog::Pending& publication : log_->take_failed(attempt)) {
    for (const DurableLog::Waiter& waiter : publication.waiters) {
      const bool lost = waiter.offset && *waiter.offset >= first_lost;
      waiter.answer(lost ? Broker::Published{.outcome = Broker::Published::Outcome::not_stored} : told(waiter.offset));
    }
  }
}

Broker::Published ChannelState::told(const std::optional<std::uint64_t>& offset) const {
  if (!offset) return {};
  return {.position = Position{history_->top().epoch, *offset}};
}

void ChannelState::restore(const StoredChannel& stored, Time now) {
  const auto& publications = stored.publications;
  history_->resume({stored.top.epoch, stored.top.offset - publications.size()});
  for (const StoredPublication& publication : publications) {
    protocol::MessageDraft draft(name_, publication.data, publication.user_json);
    history_->add(std::move(draft).finish(publication.offset), publication.key, std::min(publication.at, now));
  }
  first_stored_ = publications.empty() ? history_->next_offset() : publications.front().offset;
  last_active_ = publications.empty() ? now : std::min(publications.back().at, now);
  history_->expire(now);
}

std::optional<StoredChannel> ChannelState::to_store(Time now) {
  if (log_ || !options_->lasts()) return std::nullopt;
  history_->expire(now);
  return StoredChannel{name_, history_->top(), history_->stored()};
}

bool ChannelState::send(SharedFrame frame, SessionId except, bool tells_members) noexcept {
  Publication publication{std::move(frame), incarnation_, ++sequence_, except, tells_members};
  bool congested = false;
  for (const Listener& listener : listeners_) {
    publication.receivers = static_cast<std::uint32_t>(listener.clients);
    listener.inbox->post(publication);
    congested |= listener.inbox->congested(listener.clients);
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
  if (!history_) return;
  history_->expire(now);
  if (!log_ || history_->first_kept() == first_stored_) return;
  first_stored_ = history_->first_kept();
  log_->storage().trim(name_, first_stored_);
}

bool ChannelState::forgettable(Time now) const {
  if (!listeners_.empty() || (log_ && !log_->empty())) return false;
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
  --clients_;
  remove_listener(inbox);
}

void ChannelState::ignore(Inbox& inbox, Time now) noexcept {
  remove_listener(inbox);
  last_active_ = now;
}

void ChannelState::remove_listener(Inbox& inbox) noexcept {
  const auto is_it = [&inbox](const Listener& listener) { return listener.inbox == &inbox; };
  const auto found = std::find_if(listeners_.begin(), listeners_.end(), is_it);
  assert(found != listeners_.end());
  if (--found->clients == 0) listeners_.erase(found);
}

}  // namespace sentix::channels
