#include "channels/publisher.h"

#include <optional>
#include <string>
#include <utility>

#include "channels/refusals.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

using Outcome = Broker::Published::Outcome;

void answer_published(Session& session, protocol::RequestId id, std::string_view channel,
                      const std::optional<Position>& position) {
  if (id.empty()) return;
  const auto offset = position ? std::optional(position->offset) : std::nullopt;
  session.peer().reply(protocol::encode(protocol::Published{id, channel, offset}));
}

// A client that publishes to a channel that stores first: its answer comes back by the inbox of its worker.
class Client final : public Broker::Author {
 public:
  Client(const std::shared_ptr<Inbox>& inbox, SessionId session, const protocol::Command& command)
      : inbox_(inbox), session_(session), command_(command) {}

  [[nodiscard]] Broker::Answer answer_later() const override {
    return [inbox = inbox_, session = session_, id = std::string(command_.id.json),
            channel = std::string(command_.channel)](const Broker::Published& published) noexcept {
      try {
        inbox->post_task(session, [=](Session& publisher) { conclude(publisher, {id}, channel, published); });
      } catch (...) {
        inbox->lose();
      }
    };
  }

 private:
  static void conclude(Session& session, protocol::RequestId id, std::string_view channel,
                       const Broker::Published& published) {
    if (published.outcome == Outcome::ok) return answer_published(session, id, channel, published.position);
    const Refusal refusal = refusals::not_stored();
    session.peer().reply(protocol::encode(protocol::ErrorReply{id, refusal.code, refusal.message}));
  }

  const std::shared_ptr<Inbox>& inbox_;
  SessionId session_;
  const protocol::Command& command_;
};

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
  const Client author(context_.inbox, session.id(), command);
  switch (context_.handlers.fire(
      {.type = EventType::message_received, .session = &session, .channel = command.channel, .data = command.data})) {
    case Handlers::Outcome::pass:
      break;
    case Handlers::Outcome::drop:
      if (!context_.broker.wait_turn(command.channel, author)) {
        answer_published(session, command.id, command.channel, std::nullopt);
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
      answer_published(session, command.id, command.channel, outcome.position);
      break;
    case Outcome::later:
      break;
    case Outcome::not_found:
      return refusals::no_such_channel(command.channel);
    case Outcome::too_many_channels:
      return refusals::too_many_channels(context_.broker.channels_max());
    case Outcome::not_stored:
      return refusals::not_stored();
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
