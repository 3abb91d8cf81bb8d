#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "auth/principal.h"
#include "auth/token_bucket.h"
#include "channels/peer.h"
#include "channels/session_id.h"

namespace sentix::channels {

class Channel;

// One client as channels know it: who it is and what it listens to. Owned by its connection, which is its peer; used on
// that connection's worker only. The registry keeps what it listens to in step with the channels' lists; a session must
// have left all of them (Dispatcher::close) before it is destroyed.
class Session {
 public:
  // Before `open` its credential is being judged and nothing is served; after `closed` it can enter no channel any
  // more.
  enum class Phase : std::uint8_t { opening, open, closed };

  // That it listens to a channel: this session's end of the edge. The other is Subscription (registry.h).
  struct Listening {
    Channel* channel;
    std::uint32_t place_in_channel;  // index in Channel::subscriptions()
  };

  Session(SessionId id, Peer& peer) : id_(id), peer_(peer) {}
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] SessionId id() const { return id_; }
  [[nodiscard]] Peer& peer() { return peer_; }
  [[nodiscard]] const Peer& peer() const { return peer_; }

  [[nodiscard]] Phase phase() const { return phase_; }
  void set_phase(Phase phase) { phase_ = phase; }

  // Null: not authenticated.
  [[nodiscard]] const auth::PrincipalPtr& principal() const { return principal_; }
  void set_principal(auth::PrincipalPtr principal) { principal_ = std::move(principal); }

  // The name under which presence lists this client: its user's, or its own id where it is not authenticated.
  [[nodiscard]] std::string member_name() const;

  [[nodiscard]] std::span<const Listening> listening() const { return listening_; }

  // What it may still spend on commands.
  auth::TokenBucket commands;

  // How often authentication failed so far.
  std::uint32_t failed_authentications = 0;

 private:
  friend class Registry;
  Phase phase_ = Phase::opening;
  SessionId id_;
  Peer& peer_;
  auth::PrincipalPtr principal_;
  std::vector<Listening> listening_;
};

static_assert(sizeof(void*) != 8 || sizeof(Session) <= 72, "every idle client has one");

}  // namespace sentix::channels
