#include "channels/subscriptions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "channels/late_answer.h"
#include "channels/over_limit.h"
#include "channels/refusals.h"
#include "channels/wire_values.h"
#include "protocol/event_encoder.h"
#include "protocol/names.h"

namespace sentix::channels {

using Outcome = Broker::Subscribed::Outcome;

Refused Subscriptions::subscribe(const Request& request) {
  const auto& [session, command, unknown, now] = request;
  const ChannelRules::Rule rule = access_.rule_of(command.channel);
  std::optional<auth::ChannelGrant> grant;
  if (!command.token.empty()) {
    if (Refused refused = access_.judge_token(session, command, rule, grant)) return refused;
  }
  const auth::ChannelGrant* const shown = grant ? &*grant : nullptr;
  if (Refused refused = access_.check(session, auth::Action::subscribe, command.channel, rule, shown)) return refused;
  if (const auto excess = session.peer().spend(auth::Quantity::subscribes, 1)) return over_limit(session, *excess);
  const bool shows_members =
      rule.options->presence && !access_.check(session, auth::Action::presence, command.channel, rule, shown);
  return enter(session, {.channel = command.channel,
                         .rule = rule,
                         .shows_members = shows_members,
                         .grant = grant,
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
  if (find_waiting(session, entry.channel) != nullptr) return std::nullopt;
  Channel* const there = context_.registry.find(session, entry.channel);
  const bool again = there != nullptr;
  if (again && entry.grant) context_.grants.put(session, *there, *entry.grant);
  if (again && !entry.answered) return std::nullopt;
  const std::size_t subscriptions_max = context_.policy.subscriptions_max;
  if (!again && session.listening().size() >= subscriptions_max) {
    return refusals::too_many_subscriptions(subscriptions_max);
  }
  const Broker::Subscribed outcome = ask(session, entry, again);
  if (outcome.outcome != Outcome::later) return conclude(session, entry, again, outcome);
  session.peer().pause();
  return std::nullopt;
}

Broker::Subscribed Subscriptions::ask(Session& session, const Entry& entry, bool again) {
  const auto conclude_it = [&] {
    waiting_[session.id()].push_back({std::string(entry.channel)});
    return [this, again, kept = entry, channel = std::string(entry.channel), rule = entry.rule,
            id = std::string(entry.id.json), epoch = entry.since ? std::string(entry.since->epoch) : std::string()](
               Session& asker, const Broker::Subscribed& outcome) {
      Entry owned{.channel = channel,
                  .rule = rule,
                  .shows_members = kept.shows_members,
                  .grant = kept.grant,
                  .since = kept.since,
                  .id = {id},
                  .answered = kept.answered,
                  .now = kept.now};
      if (owned.since) owned.since->epoch = epoch;
      conclude_late(asker, owned, again, outcome);
    };
  };
  const auto asker = late_answer<Broker::Subscribed>(context_.inbox, session.id(), conclude_it);
  const Member member{session.member_name(), session.principal() ? session.principal()->info : std::string(), 1};
  return context_.broker.subscribe({
      .channel = entry.channel,
      .rule = entry.rule,
      .inbox = *context_.inbox,
      .session = session.id(),
      .member = member,
      .since = entry.since ? std::optional(from_wire(*entry.since)) : std::nullopt,
      .now = entry.now,
      .again = again,
      .asker = &asker,
  });
}

void Subscriptions::conclude_late(Session& session, const Entry& entry, bool again, const Broker::Subscribed& outcome) {
  const Waiting waited = stop_waiting(session, entry.channel);
  if (const Refused refused = conclude(session, entry, again, outcome)) {
    session.peer().reply(protocol::encode(protocol::ErrorReply{entry.id, refused->code, refused->message}));
  } else if (waited.leaves) {
    leave(session, entry.channel, entry.now);
  }
  session.peer().resume();
}

Refused Subscriptions::conclude(Session& session, const Entry& entry, bool again, const Broker::Subscribed& outcome) {
  switch (outcome.outcome) {
    case Outcome::ok:
      break;
    case Outcome::not_found:
      return refusals::no_such_channel(entry.channel);
    case Outcome::channel_full:
      return refusals::channel_full(entry.channel, outcome.clients_max);
    case Outcome::too_many_channels:
      return refusals::too_many_channels(context_.broker.channels_max());
    case Outcome::later:
    case Outcome::unavailable:
      return refusals::unavailable();
  }
  if (again) {
    answer(session, entry, outcome);
    return std::nullopt;
  }
  add(session, entry, outcome);
  context_.handlers.fire({.type = EventType::channel_subscribed, .session = &session, .channel = entry.channel});
  return std::nullopt;
}

void Subscriptions::add(Session& session, const Entry& entry, const Broker::Subscribed& outcome) {
  try {
    context_.registry.add(session, entry.channel, outcome.incarnation, outcome.sequence, entry.shows_members);
  } catch (...) {
    context_.broker.unsubscribe(entry.channel, *context_.inbox, session.id(), entry.now);
    throw;
  }
  Channel& channel = *context_.registry.find(entry.channel);
  try {
    if (entry.grant) context_.grants.put(session, channel, *entry.grant);
    answer(session, entry, outcome);
  } catch (...) {
    end(session, channel, entry.now);
    throw;
  }
}

Subscriptions::Waiting* Subscriptions::find_waiting(const Session& session, std::string_view channel) {
  const auto of_session = waiting_.find(session.id());
  if (of_session == waiting_.end()) return nullptr;
  const auto found = std::ranges::find(of_session->second, channel, &Waiting::channel);
  return found == of_session->second.end() ? nullptr : &*found;
}

Subscriptions::Waiting Subscriptions::stop_waiting(const Session& session, std::string_view channel) {
  WaitingList& list = waiting_.at(session.id());
  const auto found = std::ranges::find(list, channel, &Waiting::channel);
  Waiting waited = std::move(*found);
  list.erase(found);
  if (list.empty()) waiting_.erase(session.id());
  return waited;
}

// Their answers come to nobody any more. What was asked again is on the channel, and leaves it as all others do.
void Subscriptions::take_back_waiting(const Session& session, Time now) noexcept {
  const auto of_session = waiting_.extract(session.id());
  if (of_session.empty()) return;
  for (const Waiting& waiting : of_session.mapped()) {
    if (context_.registry.find(session, waiting.channel) != nullptr) continue;
    context_.broker.unsubscribe(waiting.channel, *context_.inbox, session.id(), now);
  }
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
  const protocol::Unsubscribed told{.id = command.id, .channel = command.channel};
  leave(session, *channel, command.id.empty() ? nullptr : &told, now);
  return std::nullopt;
}

bool Subscriptions::leave(Session& session, std::string_view channel, Time now) {
  if (Waiting* const waiting = find_waiting(session, channel)) {
    waiting->leaves = true;
    return true;
  }
  Channel* const there = context_.registry.find(session, channel);
  if (there == nullptr) return false;
  const protocol::Unsubscribed told{.channel = channel};
  leave(session, *there, &told, now);
  return true;
}

void Subscriptions::leave_all(Session& session, Time now) noexcept {
  take_back_waiting(session, now);
  while (!session.listening().empty()) {
    const std::size_t before = session.listening().size();
    Channel& channel = *session.listening().back().channel;
    try {
      leave(session, channel, nullptr, now);
    } catch (...) {  // out of memory: the application does not hear of it
      if (session.listening().size() == before) end(session, channel, now);
    }
  }
}

void Subscriptions::end_expired(auth::WallTime wall, Time now) {
  constexpr int kEndsMax = 1000;  // others wait meanwhile; the next call goes on
  for (int i = 0; i < kEndsMax; ++i) {
    const auto ended = context_.grants.first_ended(wall);
    if (!ended) return;
    const auto& [session, channel] = *ended;
    const std::string name = channel->name();
    const protocol::Unsubscribed told{.channel = name, .reason = "token expired"};
    leave(*session, *channel, &told, now);
  }
}

void Subscriptions::end(Session& session, Channel& channel, Time now) noexcept {
  context_.broker.unsubscribe(channel.name(), *context_.inbox, session.id(), now);
  context_.grants.remove(session, channel);
  context_.registry.remove(session, channel);
}

void Subscriptions::leave(Session& session, Channel& channel, const protocol::Unsubscribed* told, Time now) {
  const std::string name = channel.name();  // the channel may go with its last subscriber
  end(session, channel, now);
  if (told != nullptr) session.peer().reply(protocol::encode(*told));
  context_.handlers.fire({.type = EventType::channel_unsubscribed, .session = &session, .channel = name});
}

}  // namespace sentix::channels
