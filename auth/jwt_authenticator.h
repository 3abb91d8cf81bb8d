#pragma once

#include <functional>
#include <memory>

#include "auth/authenticator.h"
#include "auth/jwt_verifier.h"

namespace sentix::auth {

// Authenticates by signed tokens: credentials {"token": T}, as they come with a handshake too, are good where T is a
// JWT that the verifier believes, with a `sub`, which becomes the user's name, and without a `channel`: a token for one
// channel is none for the whole server, although the same key may have signed both (RFC 8725 §3.12).
//
// `permissions` says what of the private channels is open; without it none is: a token of an issuer who knows nothing
// of this server opens nothing. `info` is shown in presence lists. The principal ends when the token does.
//
// Answers at once, on the calling thread. What is no JWT is left to others.
class JwtAuthenticator : public Authenticator {
 public:
  using Verifier = std::function<std::shared_ptr<const JwtVerifier>()>;  // the one in force
  using Clock = std::function<WallTime()>;
  using Refused = std::function<void(JwtFault)>;  // hears why; may be empty

  // All three are called from any thread.
  JwtAuthenticator(Verifier verifier, Clock clock, Refused refused)
      : verifier_(std::move(verifier)), clock_(std::move(clock)), refused_(std::move(refused)) {}

  void authenticate(const Credentials& given, AuthenticationDone done) override;

 private:
  [[nodiscard]] std::variant<PrincipalPtr, JwtFault> judge(std::string_view token) const;

  const Verifier verifier_;
  const Clock clock_;
  const Refused refused_;
};

}  // namespace sentix::auth
