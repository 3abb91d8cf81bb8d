#pragma once

#include <string_view>

#include "auth/principal.h"
#include "channels/context.h"
#include "channels/refusal.h"

namespace sentix::channels {

// Who may do what on which channel: the checks of the contract in its order, which are authentication, permission,
// subscription, existence. Changes nothing. Each answers with a refusal, or with nothing where the session may.
class Access {
 public:
  explicit Access(const Context& context) : context_(context) {}

  // The rule in force: that of the channel as it is there, else the configured one.
  [[nodiscard]] ChannelRules::Rule rule_of(std::string_view channel) const;

  // Needed for subscribing, and for reading history.
  [[nodiscard]] Refused may_subscribe(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const;

  // Needed for seeing who is there.
  [[nodiscard]] Refused may_see_members(Session& session, std::string_view channel,
                                        const ChannelRules::Rule& rule) const;

  // Needed for publishing, and for events that go to a channel.
  [[nodiscard]] Refused may_publish(Session& session, std::string_view channel, const ChannelRules::Rule& rule) const;

 private:
  [[nodiscard]] Refused check(Session& session, auth::Action action, std::string_view channel,
                              const ChannelRules::Rule& rule) const;

  const Context& context_;
};

}  // namespace sentix::channels
