#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "auth/rate_limit.h"
#include "channels/publication.h"
#include "protocol/message_reader.h"

namespace sentix::core {

class Connection;
struct Options;

// What a worker's connections are for. One object serves all connections of one worker, on that worker's thread. Called
// by Connection; may send, close and pause from inside every call, because a connection only marks itself for closing.
class Application {
 public:
  virtual ~Application() = default;

  // The handshake is done, and its response is queued. `credential` is what came with it;
  // the worker's request() is still that of this handshake.
  virtual void opened(Connection& connection, const std::optional<std::string>& credential) = 0;

  // A whole text or binary message. Its payload is borrowed for the call, and may be changed.
  virtual void received(Connection& connection, const protocol::Incoming& message) = 0;

  // A whole text or binary message that is over a rate limit, which wants it refused or its client closed.
  virtual void refused(Connection& connection, const protocol::Incoming& message, const auth::Excess& excess) = 0;

  // The last call for a connection that was opened: nothing more can be sent to it.
  virtual void closed(Connection& connection) = 0;

  // What arrived in the worker's mailbox for its subscribers. Returns how many got it.
  virtual std::size_t deliver(const channels::Publication& publication) = 0;

  // Other options are in force. Never from inside another call.
  virtual void reconfigure(const Options& options) = 0;

  // Whether the connection still has to say who it is before `authentication_timeout`.
  [[nodiscard]] virtual bool awaits_authentication(const Connection& connection) const = 0;
};

}  // namespace sentix::core
