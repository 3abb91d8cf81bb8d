#pragma once

#include <memory>

#include "channels/broker.h"
#include "channels/channel_rules.h"
#include "channels/events.h"
#include "channels/inbox.h"
#include "channels/policy.h"
#include "channels/registry.h"
#include "channels/token_grants.h"

namespace sentix::channels {

// What the parts of one worker's dispatcher work with. References borrow from core and outlive the dispatcher.
struct Context {
  const Policy& policy;
  const Handlers& handlers;
  const ChannelRules& rules;
  Broker& broker;
  std::shared_ptr<Inbox>
      inbox;  // this worker's own; shared, because an authenticator's late answer asks whether it is still there
  Registry registry;
  TokenGrants grants;
};

}  // namespace sentix::channels
