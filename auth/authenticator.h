#pragma once

#include <functional>

#include "auth/credentials.h"
#include "auth/judgement.h"

namespace sentix::auth {

// Takes the outcome of one authentication: who it is, null for a refusal, or Judgement::unavailable(). To be called
// exactly once, from any thread, during authenticate() or after it. Calls after the first do nothing; one that is
// destroyed without a call means refusal.
using AuthenticationDone = std::function<void(Judgement)>;

// Decides who presents some credentials. One object serves all workers at once, so implementations are thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Must not block: whoever has to ask elsewhere returns and calls `done` later. The connection that asked is not read
  // from meanwhile. An exception means refusal, and is reported.
  virtual void authenticate(const Credentials& given, AuthenticationDone done) = 0;
};

}  // namespace sentix::auth
