#pragma once

#include "channels/access.h"
#include "channels/context.h"
#include "channels/refusal.h"
#include "protocol/command.h"

namespace sentix::channels {

// Answers what clients ask about channels, and whether anybody is there at all. A command without an id gets no answer
// but a refusal, and so nothing is read for it.
class Reader {
 public:
  Reader(Context& context, const Access& access) : context_(context), access_(access) {}

  Refused history(Session& session, const protocol::Command& command, Time now);
  Refused presence(Session& session, const protocol::Command& command, Time now);
  Refused ping(Session& session, const protocol::Command& command, Time now);

 private:
  Context& context_;
  const Access& access_;
};

}  // namespace sentix::channels
