#pragma once

#include <cstdint>
#include <string_view>

#include "sentix/session.h"

namespace sentix::channels {
struct Event;
}

namespace sentix {

// What a handler thinks of something that a client sent: `drop` keeps it from its channel.
enum class Verdict : std::uint8_t { pass, drop };

// One thing that happened, as a handler gets it:
//
//   name()                 channel()    data()
//   connection.open                                         its `welcome` is queued
//   connection.close                                        it has left its channels; nothing can be sent to it
//   message.received       yes          what is published   before the channel gets it; may be dropped
//   channel.subscribed     yes
//   channel.unsubscribed   yes                              also for each channel of a connection that closes
//   auth.succeeded                                          session().user() is who
//   auth.failed
//   event.NAME             where given  what came with it   a client's own event; may be dropped
//   error                  perhaps      a sentence          a handler, an authenticator or an authorizer threw
//
// Everything in it is borrowed, and valid until the handler returns. What it says is empty where the table does.
class Event {
 public:
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // The name that the handler was registered for.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view channel() const;

  // The JSON text of `data`, byte for byte as it was received: valid JSON. Of an `error`: a sentence, not JSON.
  [[nodiscard]] std::string_view data() const;

  // The client that it is about.
  [[nodiscard]] Session session() const;

 private:
  friend class Server;
  Event(std::string_view name, const channels::Event& event) : name_(name), event_(event) {}

  std::string_view name_;
  const channels::Event& event_;
};

}  // namespace sentix
