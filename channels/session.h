#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "auth/principal.h"
#include "channels/listening_list.h"
#include "channels/peer.h"
#include "channels/session_id.h"

namespace sentix::channels {

// One client as channels know it: who it is and what it listens to. Owned by its connection, which is its peer; used on
// that connection's worker only. The registry keeps what it listens to in step with the channels' lists; a session must
// have left all of them (Dispatcher::close) before it is destroyed.
class Session {
 public:
  // Before `open` its credential is being judged and nothing is served; after `closed` it can enter no channel any
  // more.
  enum class Phase : std::uint8_t { opening, open, closed };

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

  [[nodiscard]] std::span<const Listening> listening() const { return listening_.all(); }

  // How often authentication failed so far.
  [[nodiscard]] std::uint32_t failed_authentications() const { return failed_authentications_; }
  void authentication_failed() { ++failed_authentications_; }

 private:
  friend class Registry;
  SessionId id_;
  Peer& peer_;
  auth::PrincipalPtr principal_;
  [[no_unique_address]] ListeningList listening_;
  std::uint32_t failed_authentications_ : 24 = 0;
  Phase phase_ : 8 = Phase::opening;
};

static_assert(sizeof(void*) != 8 || sizeof(Session) <= 56, "every idle client has one");

}  // namespace sentix::channels
