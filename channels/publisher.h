#pragma once

#include "channels/context.h"
#include "channels/refusal.h"
#include "channels/request.h"

namespace sentix::channels {

// Carries what clients send to the application's handlers and, where these let it pass, to a channel.
class Publisher {
 public:
  explicit Publisher(Context& context) : context_(context) {}

  // A publication. One that a handler drops is answered like one without a history.
  Refused publish(const Request& request);

  // An application's event: to its handlers, and with a channel also to that channel's other subscribers. Nothing keeps
  // it.
  Refused event(const Request& request);

 private:
  Context& context_;
};

}  // namespace sentix::channels
