#include "channels/subscriptions.h"

#include <string>
#include <vector>

#include "channels/over_limit.h"
#include "channels/refusals.h"
#include "channels/wire_values.h"
#include "protocol/event_encoder.h"
#include "protocol/names.h"

namespace sentix::channels {

using Outcome = Broker::Subscribed::Outcome;

Refused Subscriptions::subscribe(const Request& request) {
  const auto& [session, command, rule, now] = request;
  if (const auto excess = session.peer().spend(auth::Quantity::subscribes, 1)) return over_limit(session, *excess);
  const bool shows_members =
      rule.options->presence && !access_.check(session, auth::Action::presence, command.channel, rule);
  return enter(session, {.channel = command.channel,
                         .rule = rule,
                         .shows_members = shows_members,
                         .since = command.since,
                         .id = command.id,
                         .answered = !command.id.empty(),
                         .now = now});
}

bool Subscriptions::enter(Session& session, std::string_view channel, Time now) {
  if (session.phase() != Session::Phase::open || !protocol::valid_channel_name(channel)) return false;
  const ChannelRules::Rule rule = access_.rule_of(channel);
  return !enter(session, {.channel = channel, .rule = rule, .now = now});
}

Refused Subscriptions::enter(Session& session, const Entry& entry) {
  if (context_.registry.find(session, entry.channel) != nullptr) {
    answer_again(session, entry);
    return std::nullopt;
  }
  const std::size_t subscriptions_max = context_.policy.subscriptions_max;
  if (session.listening().size() >= subscriptions_max) return refusals::too_many_subscriptions(subscriptions_max);

  const Member member{session.member_name(), session.principal() ? session.principal()->info : std::string(), 1};
  const Broker::Subscribed outcome = context_.broker.subscribe({
      .channel = entry.channel,
      .rule = entry.rule,
      .inbox = *context_.inbox,
      .session = session.id(),
      .member = member,
      .since = entry.since ? std::optional(from_wire(*entry.since)) : std::nullopt,
      .now = entry.now,
  });
  switch (outcome.outcome) {
    case Outcome::ok:
      break;
    case Outcome::not_found:
      return refusals::no_such_channel(entry.channel);
    case Outcome::channel_full:
      return refusals::channel_full(entry.channel, outcome.clients_max);
    case Outcome::too_many_channels:
      return refusals::too_many_channels(context_.broker.channels_max());
  }
  try {
    context_.registry.add(session, entry.channel, outcome.incarnation, outcome.sequence, entry.shows_members);
  } catch (...) {
    context_.broker.unsubscribe(entry.channel, *context_.inbox, session.id(), entry.now);
    throw;
  }
  try {
    answer(session, entry, outcome);
  } catch (...) {
    end(session, *context_.registry.find(entry.channel), entry.now);
    throw;
  }
  context_.handlers.fire({.type = EventType::channel_subscribed, .session = &session, .channel = entry.channel});
  return std::nullopt;
}

// Where things stand, as for a subscriber that comes now, but nothing is sent again.
void Subscriptions::answer_again(Session& session, const Entry& entry) {
  if (!entry.answered) return;
  Broker::Subscribed present;
  const auto read =
      context_.broker.history({.channel = entry.channel, .rule = entry.rule, .limit = 0, .now = entry.now});
  if (read) present.top = read->top;
  present.members = context_.broker.members(entry.channel, entry.rule, kAllMembers);
  answer(session, entry, present);
}

// What was missed follows the reply at once, as answers do: it was asked for, so it is never dropped.
void Subscriptions::answer(Session& session, const Entry& entry, const Broker::Subscribed& outcome) {
  if (entry.answered) {
    protocol::Subscribed reply{.id = entry.id, .channel = entry.channel};
    if (outcome.top) reply.position = to_wire(*outcome.top);
    if (entry.since) reply.recovered = outcome.recovered;
    std::vector<protocol::Member> members;
    if (outcome.members && entry.shows_members) {
      members = to_wire(outcome.members->members);
      reply.members = members;
      if (!outcome.members->whole()) reply.count = outcome.members->count;
    }
    session.peer().reply(protocol::encode(reply));
  }
  for (const HistoryEntry& missed : outcome.missed) session.peer().reply(missed.message.frame);
}

Refused Subscriptions::unsubscribe(const Request& request) {
  const auto& [session, command, rule, now] = request;
  Channel* const channel = context_.registry.find(session, command.channel);
  if (channel == nullptr) return refusals::not_subscribed(command.channel);
  leave(session, *channel, !command.id.empty(), command.id, now);
  return std::nullopt;
}

bool Subscriptions::leave(Session& session, std::string_view channel, Time now) {
  Channel* const there = context_.registry.find(session, channel);
  if (there == nullptr) return false;
  leave(session, *there, true, {}, now);
  return true;
}

void Subscriptions::leave_all(Session& session, Time now) noexcept {
  while (!session.listening().empty()) {
    const std::size_t before = session.listening().size();
    Channel& channel = *session.listening().back().channel;
    try {
      leave(session, channel, false, {}, now);
    } catch (...) {  // out of memory: the application does not hear of it
      if (session.listening().size() == before) end(session, channel, now);
    }
  }
}

void Subscriptions::end(Session& session, Channel& channel, Time now) noexcept {
  context_.broker.unsubscribe(channel.name(), *context_.inbox, session.id(), now);
  context_.registry.remove(session, channel);
}

void Subscriptions::leave(Session& session, Channel& channel, bool answered, protocol::RequestId id, Time now) {
  const std::string name = channel.name();  // the channel may go with its last subscriber
  end(session, channel, now);
  if (answered) session.peer().reply(protocol::encode(protocol::Unsubscribed{id, name}));
  context_.handlers.fire({.type = EventType::channel_unsubscribed, .session = &session, .channel = name});
}

}  // namespace sentix::channels
