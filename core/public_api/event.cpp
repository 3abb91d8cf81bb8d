#include "sentix/event.h"

#include "channels/events.h"

namespace sentix {

std::string_view Event::channel() const {
  return event_.channel;
}

std::string_view Event::data() const {
  return event_.data;
}

Session Event::session() const {
  return Session(event_.session);
}

}  // namespace sentix
