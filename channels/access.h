#pragma once

#include <string_view>

#include "auth/principal.h"
#include "channels/context.h"
#include "channels/refusal.h"

namespace sentix::channels {

// Who may do what on which channel. Changes nothing.
class Access {
 public:
  explicit Access(const Context& context) : context_(context) {}

  // The rule in force: the newest one, also for a channel that began under another.
  [[nodiscard]] ChannelRules::Rule rule_of(std::string_view channel) const;

  // The checks of the contract in its order: authentication, permission, and for publishing also subscription and
  // existence. A refusal, or nothing where the session may.
  [[nodiscard]] Refused check(Session& session, auth::Action action, std::string_view channel,
                              const ChannelRules::Rule& rule) const;

 private:
  [[nodiscard]] Refused check_target(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const;

  const Context& context_;
};

}  // namespace sentix::channels
