#include "channels/dispatcher.h"

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "channels/over_limit.h"
#include "channels/refusals.h"
#include "channels/thrown.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

void answer(Session& session, protocol::RequestId id, protocol::ErrorCode code, std::string_view message) {
  session.peer().reply(protocol::encode(protocol::ErrorReply{id, code, message}));
}

}  // namespace

using auth::Action;
using Type = protocol::CommandType;

// A unit of cost is about what a publication without subscribers takes. Those that take an authenticator's time, or may
// bring a whole history, cost more.
constexpr std::uint32_t kCostOfNoCommand = 1;

const std::array<Dispatcher::Line, protocol::kCommandTypes> Dispatcher::kTable = {{
    // command, before authentication, permission, cost, carried out by
    {Type::authenticate, true, {}, 10, run<&Dispatcher::authentication_, &Authentication::authenticate>},
    {Type::subscribe, false, {}, 5, run<&Dispatcher::subscriptions_, &Subscriptions::subscribe>},
    {Type::unsubscribe, false, {}, 1, run<&Dispatcher::subscriptions_, &Subscriptions::unsubscribe>},
    {Type::publish, false, Action::publish, 1, run<&Dispatcher::publisher_, &Publisher::publish>},
    {Type::event, false, Action::publish, 1, run<&Dispatcher::publisher_, &Publisher::event>},
    {Type::history, false, Action::subscribe, 5, run<&Dispatcher::reader_, &Reader::history>},
    {Type::presence, false, Action::presence, 5, run<&Dispatcher::reader_, &Reader::presence>},
    {Type::ping, true, {}, 1, run<&Dispatcher::reader_, &Reader::ping>},
}};

Dispatcher::Dispatcher(const Policy& policy, const Handlers& handlers, const ChannelRules& rules, Broker& broker,
                       std::shared_ptr<Inbox> inbox)
    : context_{policy, handlers, rules, broker, std::move(inbox), {}, {}},
      access_(context_),
      authentication_(context_),
      subscriptions_(context_, access_),
      publisher_(context_),
      reader_(context_) {}

void Dispatcher::open(Session& session, std::string_view credential, std::vector<auth::ShownHeader> headers) {
  authentication_.open(session, credential, std::move(headers));
}

void Dispatcher::receive(Session& session, std::string_view text, Time now) {
  if (session.phase() != Session::Phase::open) return;
  const protocol::Decoded decoded = decoder_.decode(text);
  if (const auto* const error = std::get_if<protocol::CommandError>(&decoded)) {
    if (const Refused refused = spend(session, kCostOfNoCommand, now)) {
      return answer(session, error->id, refused->code, refused->message);
    }
    return answer(session, error->id, error->code, error->message);
  }
  const auto& command = std::get<protocol::Command>(decoded);
  if (const Refused refused = serve(session, command, now)) {
    answer(session, command.id, refused->code, refused->message);
  }
}

void Dispatcher::refuse(Session& session, std::string_view text, const auth::Excess& excess) {
  if (session.phase() != Session::Phase::open) return;
  const protocol::Decoded decoded = decoder_.decode(text);
  const auto id = std::visit([](const auto& decoded_as) { return decoded_as.id; }, decoded);
  const Refusal refusal = over_limit(session, excess);
  answer(session, id, refusal.code, refusal.message);
}

Refused Dispatcher::spend(const Session& session, std::uint32_t cost, Time now) {
  const auth::Rate& rate = context_.policy.command_rate;
  if (!rate.limited()) return std::nullopt;
  const auto wait = spent_[session.id()].spend(rate, cost, now);
  if (wait > std::chrono::nanoseconds::zero()) return refusals::too_fast(rate, cost, wait);
  return std::nullopt;
}

Refused Dispatcher::serve(Session& session, const protocol::Command& command, Time now) {
  const Line& line = kTable[static_cast<std::size_t>(command.type)];
  assert(line.type == command.type);
  if (Refused refused = spend(session, line.cost, now)) return refused;
  if (context_.policy.auth_enabled && !session.principal() && !line.before_authentication) {
    return refusals::needs_authentication();
  }
  try {
    return carry_out(line, {.session = session, .command = command, .rule = {}, .now = now});
  } catch (...) {
    const std::string name(protocol::wire_name(command.type));
    context_.handlers.report(&session, command.channel, "The command \"" + name + "\" failed: " + thrown_text());
    return refusals::failed();
  }
}

// The application's authorizer is asked in here, and what it throws must not reach the loop.
Refused Dispatcher::carry_out(const Line& line, Request request) {
  const std::string_view channel = request.command.channel;
  if (line.permission && !channel.empty()) {
    request.rule = access_.rule_of(channel);
    if (Refused refused = access_.check(request.session, *line.permission, channel, request.rule)) return refused;
  }
  return line.run(*this, request);
}

void Dispatcher::close(Session& session, Time now) {
  const Session::Phase before = session.phase();
  if (before == Session::Phase::closed) return;
  session.set_phase(Session::Phase::closed);
  spent_.erase(session.id());
  subscriptions_.leave_all(session, now);
  if (before == Session::Phase::open) {
    context_.handlers.fire({.type = EventType::connection_close, .session = &session});
  }
}

}  // namespace sentix::channels
