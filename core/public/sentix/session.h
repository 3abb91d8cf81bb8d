#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sentix::channels {
class Session;
}

namespace sentix {

// The client that an event is about. A handle that is valid until the handler returns, on the handler's thread; what
// wants to reach the client later, or from another thread, keeps its id() for Server::send_to() and its sisters.
//
// False where there is no client, as with an `error` that concerns none: then texts are empty and nothing is sent.
class Session {
 public:
  explicit operator bool() const { return session_ != nullptr; }

  // The name of the connection, such as "c1a2b3c4d5e6f7a8b": what its `welcome` said. Never used again for another one.
  [[nodiscard]] std::string id() const;

  // The name of the authenticated user; empty before authentication. Borrowed for the call.
  [[nodiscard]] std::string_view user() const;

  // "192.0.2.1:4711", "[2001:db8::1]:4711", or "unix".
  [[nodiscard]] std::string remote_address() const;

  // Queues one whole JSON message for this client alone; std::invalid_argument where it is not valid JSON, in UTF-8. It
  // arrives after what was queued before it. A client that has not been welcomed yet, or is going, gets nothing.
  void send(std::string_view json) const;

  // Closes the connection, once what is queued has been sent. `code` is one of 1000-1003, 1007-1014 or 3000-4999, the
  // reason UTF-8 that is cut after 123 bytes; std::invalid_argument for others. Of 4000-4299 the hundreds tell a client
  // what to do: 40xx do not come back, 41xx come back after a pause, 42xx come back at once.
  void close(std::uint16_t code = 1000, std::string_view reason = {}) const;

 private:
  friend class Event;
  friend class Server;
  explicit Session(channels::Session* session) : session_(session) {}

  channels::Session* session_;
};

}  // namespace sentix
