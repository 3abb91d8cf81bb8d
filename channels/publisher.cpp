#include "channels/publisher.h"

#include <optional>
#include <string>
#include <utility>

#include "channels/late_answer.h"
#include "channels/refusals.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

using Outcome = Broker::Published::Outcome;

void answer_published(Session& session, protocol::RequestId id, std::string_view channel,
                      const Broker::Published& published) {
  if (id.empty()) return;
  const auto offset = published.position ? std::optional(published.position->offset) : std::nullopt;
  session.peer().reply(protocol::encode(protocol::Published{id, channel, offset, published.local}));
}

// To one whose publication is stored first, or goes to a broker elsewhere.
void conclude_late(Session& session, protocol::RequestId id, std::string_view channel,
                   const Broker::Published& published) {
  if (published.outcome == Outcome::ok) return answer_published(session, id, channel, published);
  const Refusal refusal = refusals::not_published(published);
  session.peer().reply(protocol::encode(protocol::ErrorReply{id, refusal.code, refusal.message}));
}

// An event may be for the server's handlers alone, and then has no channel and no rule.
Refused check_size(const protocol::Command& command, const ChannelRules::Rule& rule) {
  if (command.channel.empty()) return std::nullopt;
  const std::size_t most = rule.options->max_data_bytes;
  if (most == 0 || command.data.size() <= most) return std::nullopt;
  return refusals::data_too_large(command.data.size(), command.channel, most);
}

}  // namespace

Refused Publisher::publish(const Request& request) {
  const auto& [session, command, rule, now] = request;
  if (Refused refused = check_size(command, rule)) return refused;
  const auto conclude = [&command = request.command] {
    return [id = std::string(command.id.json), channel = std::string(command.channel)](
               Session& publisher, const Broker::Published& published) {
      conclude_late(publisher, {id}, channel, published);
    };
  };
  const auto author = late_answer<Broker::Published>(context_.inbox, session.id(), conclude);
  switch (context_.handlers.fire(
      {.type = EventType::message_received, .session = &session, .channel = command.channel, .data = command.data})) {
    case Handlers::Outcome::pass:
      break;
    case Handlers::Outcome::drop:
      if (!context_.broker.wait_turn(command.channel, author)) {
        answer_published(session, command.id, command.channel, {});
      }
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
      .author = &author,
  });
  switch (outcome.outcome) {
    case Outcome::ok:
      answer_published(session, command.id, command.channel, outcome);
      break;
    case Outcome::later:
      break;
    case Outcome::not_found:
      return refusals::no_such_channel(command.channel);
    case Outcome::too_many_channels:
      return refusals::too_many_channels(context_.broker.channels_max());
    case Outcome::not_stored:
    case Outcome::unknown:
    case Outcome::unsafe:
      return refusals::not_published(outcome);
  }
  if (outcome.congested) session.peer().hold_back();
  return std::nullopt;
}

Refused Publisher::event(const Request& request) {
  const auto& [session, command, rule, now] = request;
  if (Refused refused = check_size(command, rule)) return refused;
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
