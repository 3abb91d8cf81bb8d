#pragma once

#include "channels/context.h"
#include "channels/refusal.h"
#include "channels/request.h"

namespace sentix::channels {

// Answers what clients ask about channels, and whether anybody is there at all. A command without an id gets no answer
// but a refusal, and so nothing is read for it.
class Reader {
 public:
  explicit Reader(Context& context) : context_(context) {}

  Refused history(const Request& request);
  Refused presence(const Request& request);
  Refused ping(const Request& request);

 private:
  Context& context_;
};

}  // namespace sentix::channels
