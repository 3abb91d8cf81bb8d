#include "channels/registry.h"

#include <algorithm>
#include <cassert>

namespace sentix::channels {

namespace {

// Takes the element at `place` out of `list` by moving the last one there. True where one was moved, which then has to
// be told.
bool take_out(std::vector<Subscription>& list, std::uint32_t place) {
  const bool moves = place + 1 != list.size();
  if (moves) list[place] = list.back();
  list.pop_back();
  return moves;
}

}  // namespace

// The generation is read first: what is defined after that makes the next call look again.
const ChannelRules::Rule& Channel::rule(const ChannelRules& rules) {
  const std::uint64_t generation = rules.generation();
  if (generation != rules_generation_) {
    rule_ = rules.find(name_);
    rules_generation_ = generation;
  }
  return rule_;
}

Registry::~Registry() {
  assert(by_name_.empty() && by_incarnation_.empty());
}

Channel* Registry::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

Channel* Registry::find(const Session& session, std::string_view name) const {
  Channel* const channel = find(name);
  const auto is_it = [channel](const Listening& listening) { return listening.channel == channel; };
  return std::ranges::any_of(session.listening(), is_it) ? channel : nullptr;
}

void Registry::add(Session& session, std::string_view name, Incarnation incarnation, std::uint64_t since,
                   bool shows_members) {
  assert(find(session, name) == nullptr);
  Channel& channel = find_or_create(name, incarnation);
  const auto place_in_channel = static_cast<std::uint32_t>(channel.subscriptions_.size());
  const std::uint32_t place_in_session = session.listening_.size();
  try {
    session.listening_.push_back({&channel, place_in_channel});
    channel.subscriptions_.push_back({&session, &session.peer(), since, place_in_session, shows_members});
  } catch (...) {
    if (session.listening_.size() > place_in_session) session.listening_.take_out(place_in_session);
    forget_if_empty(channel);
    throw;
  }
}

Channel& Registry::find_or_create(std::string_view name, Incarnation incarnation) {
  if (Channel* const there = find(name)) {
    assert(there->incarnation_ == incarnation);
    return *there;
  }
  std::unique_ptr<Channel> created(new Channel(name, incarnation));
  Channel& channel = *created;
  by_incarnation_.emplace(incarnation, &channel);
  try {
    by_name_.emplace(channel.name_, std::move(created));
  } catch (...) {
    by_incarnation_.erase(incarnation);
    throw;
  }
  return channel;
}

void Registry::remove(Session& session, Channel& channel) noexcept {
  const std::span<Listening> edges = session.listening_.all();
  const auto edge = std::ranges::find(edges, &channel, &Listening::channel);
  assert(edge != edges.end());
  const std::uint32_t place_in_channel = edge->place_in_channel;
  const auto place_in_session = static_cast<std::uint32_t>(edge - edges.begin());

  if (take_out(channel.subscriptions_, place_in_channel)) {
    const Subscription& moved = channel.subscriptions_[place_in_channel];
    moved.session->listening_.all()[moved.place_in_session].place_in_channel = place_in_channel;
  }
  if (session.listening_.take_out(place_in_session)) {
    const Listening& moved = session.listening_.all()[place_in_session];
    moved.channel->subscriptions_[moved.place_in_channel].place_in_session = place_in_session;
  }
  forget_if_empty(channel);
}

void Registry::forget_if_empty(const Channel& channel) noexcept {
  if (!channel.subscriptions_.empty()) return;
  by_incarnation_.erase(channel.incarnation_);
  by_name_.erase(by_name_.find(channel.name_));
}

std::size_t Registry::deliver(const Publication& publication) const {
  const auto found = by_incarnation_.find(publication.incarnation);
  if (found == by_incarnation_.end()) return 0;
  const bool for_all = publication.except == SessionId::none;
  std::size_t count = 0;
  for (const Subscription& subscription : found->second->subscriptions_) {
    if (publication.sequence <= subscription.since) continue;
    if (!for_all && subscription.session->id() == publication.except) continue;
    if (publication.tells_members && !subscription.shows_members) continue;
    subscription.peer->deliver(publication.frame);
    ++count;
  }
  return count;
}

}  // namespace sentix::channels
