#pragma once

#include "channels/channel_rules.h"
#include "channels/position.h"
#include "channels/session.h"
#include "protocol/command.h"

namespace sentix::channels {

// One command that is being carried out: who asks for what, and when. Lives as long as the call.
struct Request {
  Session& session;
  const protocol::Command& command;
  // That of the channel for which the table of commands asks for a permission; without a meaning elsewhere. A copy,
  // since a handler may make the channel go.
  ChannelRules::Rule rule;
  Time now;
};

}  // namespace sentix::channels
