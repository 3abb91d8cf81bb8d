#include "channels/publisher.h"

#include <optional>

#include "channels/refusals.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

void answer_published(Session& session, const protocol::Command& command, std::optional<std::uint64_t> offset) {
  if (command.id.empty()) return;
  session.peer().reply(protocol::encode(protocol::Published{command.id, command.channel, offset}));
}

}  // namespace

Refused Publisher::publish(const Request& request) {
  const auto& [session, command, rule, now] = request;
  switch (context_.handlers.fire(
      {.type = EventType::message_received, .session = &session, .channel = command.channel, .data = command.data})) {
    case Handlers::Outcome::pass:
      break;
    case Handlers::Outcome::drop:
      answer_published(session, command, std::nullopt);
      return std::nullopt;
    case Handlers::Outcome::failed:
      return refusals::failed();
  }

  const auth::Principal* const principal = session.principal().get();
  const Broker::Published outcome = context_.broker.publish({
      .channel = command.channel,
      .rule = rule,
      .data = command.data,
      .user = principal != nullptr ? std::string_view(principal->user) : std::string_view(),
      .key = command.key,
      .now = now,
  });
  if (outcome.outcome == Broker::Published::Outcome::not_found) return refusals::no_such_channel(command.channel);
  if (outcome.outcome == Broker::Published::Outcome::too_many_channels) {
    return refusals::too_many_channels(context_.broker.channels_max());
  }
  answer_published(session, command, outcome.position ? std::optional(outcome.position->offset) : std::nullopt);
  if (outcome.congested) session.peer().hold_back();
  return std::nullopt;
}

Refused Publisher::event(const Request& request) {
  const auto& [session, command, rule, now] = request;
  const auto outcome = context_.handlers.fire({.type = EventType::client_event,
                                               .session = &session,
                                               .channel = command.channel,
                                               .name = command.event,
                                               .data = command.data});
  if (outcome == Handlers::Outcome::failed) return refusals::failed();
  if (!command.channel.empty() && outcome == Handlers::Outcome::pass) {
    const auto frame =
        protocol::encode(protocol::RelayedEvent{command.event, command.channel, command.data, to_text(session.id())});
    if (context_.broker.signal(command.channel, frame, session.id())) session.peer().hold_back();
  }
  if (!command.id.empty()) session.peer().reply(protocol::encode(protocol::Ok{command.id}));
  return std::nullopt;
}

}  // namespace sentix::channels
