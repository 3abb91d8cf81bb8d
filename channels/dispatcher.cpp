#include "channels/dispatcher.h"

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "channels/refusals.h"
#include "channels/thrown.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

void answer(Session& session, protocol::RequestId id, protocol::ErrorCode code, std::string_view message) {
  session.peer().reply(protocol::encode(protocol::ErrorReply{id, code, message}));
}

}  // namespace

using Type = protocol::CommandType;

const std::array<Dispatcher::Line, protocol::kCommandTypes> Dispatcher::kTable = {{
    {Type::authenticate, true, run<&Dispatcher::authentication_, &Authentication::authenticate>},
    {Type::subscribe, false, run<&Dispatcher::subscriptions_, &Subscriptions::subscribe>},
    {Type::unsubscribe, false, run<&Dispatcher::subscriptions_, &Subscriptions::unsubscribe>},
    {Type::publish, false, run<&Dispatcher::publisher_, &Publisher::publish>},
    {Type::event, false, run<&Dispatcher::publisher_, &Publisher::event>},
    {Type::history, false, run<&Dispatcher::reader_, &Reader::history>},
    {Type::presence, false, run<&Dispatcher::reader_, &Reader::presence>},
    {Type::ping, true, run<&Dispatcher::reader_, &Reader::ping>},
}};

Dispatcher::Dispatcher(const Policy& policy, const Handlers& handlers, const ChannelRules& rules, Broker& broker,
                       std::shared_ptr<Inbox> inbox)
    : context_{policy, handlers, rules, broker, std::move(inbox), {}},
      access_(context_),
      authentication_(context_),
      subscriptions_(context_, access_),
      publisher_(context_, access_),
      reader_(context_, access_) {}

void Dispatcher::open(Session& session, std::string_view credential) {
  authentication_.open(session, credential);
}

void Dispatcher::receive(Session& session, std::string_view text, Time now) {
  if (session.phase() != Session::Phase::open) return;
  const protocol::Decoded decoded = decoder_.decode(text);
  if (const auto* const error = std::get_if<protocol::CommandError>(&decoded)) {
    return answer(session, error->id, error->code, error->message);
  }
  const auto& command = std::get<Command>(decoded);
  if (const Refused refused = perform(session, command, now)) {
    answer(session, command.id, refused->code, refused->message);
  }
}

// The application's authorizer is asked in here, and what it throws must not reach the loop.
Refused Dispatcher::perform(Session& session, const Command& command, Time now) {
  const Line& line = kTable[static_cast<std::size_t>(command.type)];
  assert(line.type == command.type);
  if (context_.policy.auth_enabled && !session.principal() && !line.before_authentication) {
    return refusals::needs_authentication();
  }
  try {
    return line.run(*this, session, command, now);
  } catch (...) {
    const std::string name(protocol::wire_name(command.type));
    context_.handlers.report(&session, command.channel, "The command \"" + name + "\" failed: " + thrown_text());
    return refusals::failed();
  }
}

void Dispatcher::close(Session& session, Time now) {
  const Session::Phase before = session.phase();
  if (before == Session::Phase::closed) return;
  session.set_phase(Session::Phase::closed);
  subscriptions_.leave_all(session, now);
  if (before == Session::Phase::open) {
    context_.handlers.fire({.type = EventType::connection_close, .session = &session});
  }
}

}  // namespace sentix::channels
