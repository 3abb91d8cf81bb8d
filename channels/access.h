#pragma once

#include <optional>
#include <string_view>

#include "auth/principal.h"
#include "channels/context.h"
#include "channels/refusal.h"
#include "protocol/command.h"

namespace sentix::channels {

// Who may do what on which channel. Changes nothing, but counts tokens that are refused among failed authentications.
class Access {
 public:
  explicit Access(const Context& context) : context_(context) {}

  // The rule in force: the newest one, also for a channel that began under another.
  [[nodiscard]] ChannelRules::Rule rule_of(std::string_view channel) const;

  // The checks of the contract in its order: authentication, permission, and for publishing also subscription and
  // existence. A refusal, or nothing where the session may. `shown` is what a token of this command opens, if it has
  // one.
  [[nodiscard]] Refused check(Session& session, auth::Action action, std::string_view channel,
                              const ChannelRules::Rule& rule, const auth::ChannelGrant* shown = nullptr) const;

  // Judges the token of a `subscribe`: it has to be good, whether or not the channel asks for one.
  [[nodiscard]] Refused judge_token(Session& session, const protocol::Command& command, const ChannelRules::Rule& rule,
                                    std::optional<auth::ChannelGrant>& opened) const;

 private:
  [[nodiscard]] bool allowed_by_rules(Session& session, auth::Action action, std::string_view channel,
                                      const ChannelOptions& options, const auth::ChannelGrant* shown) const;
  [[nodiscard]] Refused check_target(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const;

  const Context& context_;
};

}  // namespace sentix::channels
