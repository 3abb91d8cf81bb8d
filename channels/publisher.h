#pragma once

#include <string_view>

#include "channels/access.h"
#include "channels/context.h"
#include "channels/refusal.h"
#include "protocol/command.h"

namespace sentix::channels {

// Carries what clients send to the application's handlers and, where these let it pass, to a channel.
class Publisher {
 public:
  Publisher(Context& context, const Access& access) : context_(context), access_(access) {}

  // A publication. One that a handler drops is answered like one without a history.
  Refused publish(Session& session, const protocol::Command& command, Time now);

  // An application's event: to its handlers, and with a channel also to that channel's other subscribers. Nothing keeps
  // it.
  Refused event(Session& session, const protocol::Command& command, Time now);

 private:
  Context& context_;
  const Access& access_;
};

}  // namespace sentix::channels
