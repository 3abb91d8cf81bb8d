#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/session.h"

namespace sentix::channels {

// What an application can hear of. `client_event` is a client's own event, which the application knows as "event.NAME".
enum class EventType : std::uint8_t {
  connection_open,
  connection_close,
  message_received,
  channel_subscribed,
  channel_unsubscribed,
  auth_succeeded,
  auth_failed,
  error,
  client_event,
};

// One thing that happened. Everything in it is borrowed for the time of the handler's call.
struct Event {
  EventType type;
  Session* session = nullptr;  // null where none is concerned
  std::string_view channel = {};
  std::string_view name = {};  // of a client_event: the NAME that the client gave
  std::string_view data = {};  // the JSON text as it was received; of an error: a sentence
};

// What a handler of message_received or of a client's event thinks of it: `drop` keeps it from its channel.
enum class Verdict : std::uint8_t { pass, drop };

using Handler = std::function<Verdict(const Event&)>;

// The application's handlers. Filled before the workers start, constant and shared by them afterwards.
class Handlers {
 public:
  // `name` is an event's name in the library: "connection.open", ..., or "event.NAME". With a `channel` only that
  // channel's events are handed over. std::invalid_argument for an unknown name.
  void on(std::string_view name, Handler handler, std::string_view channel = {});

  enum class Outcome : std::uint8_t { pass, drop, failed };

  // Calls every handler for it, the global ones first, each in the order of registration. A handler that throws is
  // reported to the `error` handlers, and the others still run: then `failed`. What an error handler itself throws is
  // reported nowhere.
  Outcome fire(const Event& event) const;

  // Tells the error handlers of something that went wrong, in a sentence.
  void report(Session* session, std::string_view channel, std::string_view sentence) const;

  // Whether anybody would hear of it.
  [[nodiscard]] bool any(const Event& event) const;

 private:
  struct Entry {
    std::string channel;  // empty: every channel
    Handler handler;
  };
  using Entries = std::vector<Entry>;  // global ones first

  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  [[nodiscard]] const Entries& entries_for(const Event& event) const;
  Entries& entries_named(std::string_view name);
  Outcome call(const Entry& entry, const Event& event) const;

  std::array<Entries, static_cast<std::size_t>(EventType::client_event)> by_type_;
  std::unordered_map<std::string, Entries, TextHash, std::equal_to<>> client_events_;  // by NAME
};

}  // namespace sentix::channels
