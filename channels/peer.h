#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/rate_limit.h"
#include "protocol/close_code.h"
#include "protocol/shared_frame.h"

namespace sentix::channels {

// What a session sees of its connection; core's Connection, or a test's recorder. Everything runs on the connection's
// worker. Nothing here destroys the session: close() only marks, and the worker reaps at the end of its turn.
class Peer {
 public:
  // The answer to something the client asked for. Never dropped: where too much is waiting, the client is not read
  // from.
  virtual void reply(protocol::SharedFrame frame) = 0;

  // A publication. Where more is waiting than the outbox may hold, the connection is closed as too slow a reader
  // (4101).
  virtual void deliver(const protocol::SharedFrame& frame) = 0;

  // Sends what is queued, then a close frame; what arrives afterwards is ignored, and so is what is handed over here:
  // nobody needs to ask whether it was closed meanwhile. Only the first call counts. `reason` is for a person, at most
  // 123 bytes.
  virtual void close(protocol::CloseCode code, std::string_view reason) = 0;

  // Stops handing over messages until resume(); those that have arrived wait in order. Calls nest. resume() itself
  // hands nothing over: that happens after the call that it is part of has returned.
  virtual void pause() = 0;
  virtual void resume() = 0;

  // This client feeds an inbox that is congested: it is read from again once that has drained.
  virtual void hold_back() = 0;

  // Spends of the rate limits that there are for this client (auth/rate_limits.h); or says whether it has spent too
  // much of them already. Nothing where it has not, or is made to wait for it by not being read from: then the caller
  // goes on. Otherwise what it asks for is to be refused (over_limit).
  virtual std::optional<auth::Excess> spend(auth::Quantity, std::uint32_t) { return std::nullopt; }
  virtual std::optional<auth::Excess> overspent(auth::Quantity) { return std::nullopt; }

  [[nodiscard]] virtual std::string remote_address() const = 0;  // "192.0.2.1:4711", "[2001:db8::1]:4711" or "unix"

 protected:
  ~Peer() = default;
};

}  // namespace sentix::channels
