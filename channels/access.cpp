#include "channels/access.h"

#include <string>

#include "channels/refusals.h"

namespace sentix::channels {

namespace {

using auth::Action;

// What the channel's options and the principal's grants say, before the application's authorizer has its word.
bool allowed_by_rules(const auth::Principal* principal, Action action, std::string_view channel,
                      const ChannelOptions& options) {
  if (action == Action::publish && options.publish == PublishRight::server) return false;
  if (!options.is_private) return true;
  // Who is there is a part of what a subscriber hears.
  const bool may_hear = action != Action::presence || auth::granted(principal, Action::subscribe, channel);
  return may_hear && auth::granted(principal, action, channel);
}

}  // namespace

ChannelRules::Rule Access::rule_of(std::string_view channel) const {
  Channel* const there = context_.registry.find(channel);
  return there != nullptr ? there->rule(context_.rules) : context_.rules.find(channel);
}

Refused Access::check(Session& session, Action action, std::string_view channel, const ChannelRules::Rule& rule) const {
  if (rule.options->auth && !session.principal()) return refusals::channel_needs_authentication(channel);
  bool allowed = allowed_by_rules(session.principal().get(), action, channel, *rule.options);
  if (context_.policy.authorizer) allowed = context_.policy.authorizer(session, action, channel, allowed);
  if (!allowed) return refusals::forbidden(action, channel);
  return action == Action::publish ? check_target(session, channel, rule) : std::nullopt;
}

// Whether what is published would get anywhere.
Refused Access::check_target(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const {
  const bool for_subscribers = rule.options->publish == PublishRight::subscribers;
  if (for_subscribers && context_.registry.find(session, channel) == nullptr) return refusals::not_subscribed(channel);
  if (!rule.can_exist() && !context_.broker.has(channel)) return refusals::no_such_channel(channel);
  return std::nullopt;
}

}  // namespace sentix::channels
