#include "channels/access.h"

#include <variant>

#include "channels/over_limit.h"
#include "channels/refusals.h"

namespace sentix::channels {

namespace {

using auth::Action;

bool granted(const auth::ChannelGrant& grant, Action action) {
  switch (action) {
    case Action::subscribe:
      return true;
    case Action::publish:
      return grant.publish;
    case Action::presence:
      return grant.presence;
  }
  return false;
}

}  // namespace

// What the channel's options, the principal's grants and those of tokens say, before the application's authorizer has
// its word.
bool Access::allowed_by_rules(Session& session, Action action, std::string_view channel, const ChannelOptions& options,
                              const auth::ChannelGrant* shown) const {
  if (action == Action::publish && options.publish == PublishRight::server) return false;
  if (!options.is_private) return true;
  const auth::Principal* const principal = session.principal().get();
  // Who is there is a part of what a subscriber hears.
  const bool may_hear = action != Action::presence || auth::granted(principal, Action::subscribe, channel);
  if (may_hear && auth::granted(principal, action, channel)) return true;
  if (shown == nullptr && !context_.grants.empty()) {
    shown = context_.grants.find(session, context_.registry.find(session, channel));
  }
  return shown != nullptr && granted(*shown, action);
}

ChannelRules::Rule Access::rule_of(std::string_view channel) const {
  Channel* const there = context_.registry.find(channel);
  return there != nullptr ? there->rule(context_.rules) : context_.rules.find(channel);
}

Refused Access::check(Session& session, Action action, std::string_view channel, const ChannelRules::Rule& rule,
                      const auth::ChannelGrant* shown) const {
  if (rule.options->auth && !session.principal()) return refusals::channel_needs_authentication(channel);
  bool allowed = allowed_by_rules(session, action, channel, *rule.options, shown);
  if (context_.policy.authorizer) allowed = context_.policy.authorizer(session, action, channel, allowed);
  if (!allowed) return refusals::forbidden(action, channel);
  return action == Action::publish ? check_target(session, channel, rule) : std::nullopt;
}

Refused Access::judge_token(Session& session, const protocol::Command& command, const ChannelRules::Rule& rule,
                            std::optional<auth::ChannelGrant>& opened) const {
  if (rule.options->auth && !session.principal()) return refusals::channel_needs_authentication(command.channel);
  if (!context_.policy.channel_tokens) return refusals::no_channel_tokens();
  Peer& peer = session.peer();
  if (const auto excess = peer.overspent(auth::Quantity::auth_failures)) return over_limit(session, *excess);
  const auto judged = context_.policy.channel_tokens->judge(command.token, command.channel, session.principal().get());
  if (const auto* const fault = std::get_if<auth::JwtFault>(&judged)) {
    if (const auto excess = peer.spend(auth::Quantity::auth_failures, 1)) over_limit(session, *excess);
    return refusals::token_refused(*fault);
  }
  opened = std::get<auth::ChannelGrant>(judged);
  return std::nullopt;
}

// Whether what is published would get anywhere.
Refused Access::check_target(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const {
  const bool for_subscribers = rule.options->publish == PublishRight::subscribers;
  if (for_subscribers && context_.registry.find(session, channel) == nullptr) return refusals::not_subscribed(channel);
  if (!rule.can_exist() && !context_.broker.has(channel)) return refusals::no_such_channel(channel);
  return std::nullopt;
}

}  // namespace sentix::channels
