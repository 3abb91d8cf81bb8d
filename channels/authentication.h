#pragma once

#include <string_view>
#include <vector>

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
  // with 4001, and with 4100 where nobody can judge it now. `headers` are what authenticators are shown of the
  // handshake: alone they are a credential too, but where they show nobody, the session is welcomed as nobody.
  void open(Session& session, std::string_view credential, std::vector<auth::ShownHeader> headers = {});

  Refused authenticate(const Request& request);

 private:
  void ask(Session& session, auth::Credentials credentials, AuthenticationAttempt::Conclusion conclude);
  void question(const auth::Credentials& credentials, const std::shared_ptr<AuthenticationAttempt>& attempt,
                Session& session);

  void conclude_open(Session& session, const auth::Judgement& judgement, bool has_token);
  void conclude_command(Session& session, protocol::RequestId id, const auth::Judgement& judgement);
  void refuse(Session& session, protocol::RequestId id, std::string_view why);
  void enter(Session& session);
  void welcome(Session& session);

  Context& context_;
};

}  // namespace sentix::channels
