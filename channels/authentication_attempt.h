#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "auth/judgement.h"
#include "channels/inbox.h"
#include "channels/session.h"

namespace sentix::channels {

// One question to an authenticator, whose answer may come at any time, from any thread, several times or never: it
// makes one conclusion of it, on the session's worker.
//
// It is owned by the authenticator's `done`, which is why its last copy going away tells that no answer will come.
class AuthenticationAttempt {
 public:
  using Conclusion = std::function<void(Session&, const auth::Judgement&)>;

  AuthenticationAttempt(const std::shared_ptr<Inbox>& inbox, SessionId session, Conclusion conclude)
      : inbox_(inbox), session_(session), conclude_(std::move(conclude)) {}
  ~AuthenticationAttempt() { answer(nullptr); }
  AuthenticationAttempt(const AuthenticationAttempt&) = delete;
  AuthenticationAttempt& operator=(const AuthenticationAttempt&) = delete;

  // Only the first call does anything. An answer that comes while the question is still being asked waits for its
  // asker; a later one is posted to the session's worker.
  void answer(auth::Judgement judgement);

  // The asker is back from asking. The answer where it has come already: then concluding is left to the asker.
  [[nodiscard]] std::optional<auth::Judgement> asked();

 private:
  enum class State : std::uint8_t { asking, waiting, answered };

  const std::weak_ptr<Inbox> inbox_;
  const SessionId session_;
  const Conclusion conclude_;
  std::mutex mutex_;  // of what follows
  State state_ = State::asking;
  std::optional<auth::Judgement> early_;
};

}  // namespace sentix::channels
