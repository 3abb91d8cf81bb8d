#pragma once

#include <string_view>

#include "auth/credentials.h"
#include "channels/authentication_attempt.h"
#include "channels/context.h"
#include "channels/refusal.h"
#include "channels/request.h"

namespace sentix::channels {

// Finds out who a session is: from the credential of its handshake, or by the command `authenticate`, as often as a
// client likes to renew. While an authenticator thinks, the session's peer is paused, so that nothing is processed
// between question and answer.
class Authentication {
 public:
  explicit Authentication(Context& context) : context_(context) {}

  // Welcomes the session, which may have a principal already: that of its TLS certificate. With a credential, and an
  // authenticator to judge it, only once that has let it in, as the same user where there is one; refused, it is closed
  // with 4001.
  void open(Session& session, std::string_view credential);

  Refused authenticate(const Request& request);

 private:
  void ask(Session& session, const auth::Credentials& credentials, AuthenticationAttempt::Conclusion conclude);
  void question(const auth::Credentials& credentials, const std::shared_ptr<AuthenticationAttempt>& attempt,
                Session& session);

  void conclude_open(Session& session, const auth::PrincipalPtr& principal);
  void conclude_command(Session& session, protocol::RequestId id, const auth::PrincipalPtr& principal);
  void refuse(Session& session, protocol::RequestId id);
  void welcome(Session& session);

  Context& context_;
};

}  // namespace sentix::channels
