#include "channels/authentication.h"

#include <string>
#include <utility>

#include "channels/over_limit.h"
#include "channels/refusals.h"
#include "channels/thrown.h"
#include "protocol/event_encoder.h"
#include "protocol/json_text.h"

namespace sentix::channels {

namespace {

using auth::Judgement;
using auth::PrincipalPtr;

// {"user":NAME,"info":INFO}; without info, only the name.
std::string user_json(const auth::Principal& principal) {
  std::string json = R"({"user":)";
  protocol::append_quoted(json, principal.user);
  if (!principal.info.empty()) json += R"(,"info":)" + principal.info;
  return json + "}";
}

void answer(Session& session, protocol::RequestId id, const Refusal& refusal) {
  session.peer().reply(protocol::encode(protocol::ErrorReply{id, refusal.code, refusal.message}));
}

bool is_another(const Session& session, const auth::Principal& principal) {
  return session.principal() && session.principal()->user != principal.user;
}

}  // namespace

void Authentication::open(Session& session, std::string_view credential, std::vector<auth::ShownHeader> headers) {
  const bool has_token = !credential.empty();
  if ((!has_token && headers.empty()) || !context_.policy.authenticator) return enter(session);
  if (const auto excess = session.peer().overspent(auth::Quantity::auth_failures)) {
    session.peer().close(protocol::CloseCode::rate_limited, excess->reason());
    return;
  }
  auth::Credentials given = has_token ? auth::Credentials::from_token(credential) : auth::Credentials("{}");
  given.set_headers(std::move(headers));
  ask(session, std::move(given),
      [this, has_token](Session& asked, const Judgement& judgement) { conclude_open(asked, judgement, has_token); });
}

Refused Authentication::authenticate(const Request& request) {
  const protocol::Command& command = request.command;
  if (!context_.policy.authenticator) return refusals::no_authenticator();
  if (const auto excess = request.session.peer().overspent(auth::Quantity::auth_failures)) {
    return over_limit(request.session, *excess);
  }
  // The command's text is gone when a late answer comes.
  ask(request.session, auth::Credentials(std::string(command.credentials)),
      [this, id = std::string(command.id.json)](Session& asked, const Judgement& judgement) {
        conclude_command(asked, protocol::RequestId{id}, judgement);
      });
  return std::nullopt;
}

void Authentication::ask(Session& session, auth::Credentials credentials, AuthenticationAttempt::Conclusion conclude) {
  session.peer().pause();
  credentials.set_address(session.peer().remote_address());
  auto finish = [conclude = std::move(conclude)](Session& asked, const Judgement& judgement) {
    if (asked.phase() == Session::Phase::closed) return;
    conclude(asked, judgement);
    asked.peer().resume();
  };
  const auto attempt = std::make_shared<AuthenticationAttempt>(context_.inbox, session.id(), finish);
  question(credentials, attempt, session);
  if (const auto answer = attempt->asked()) finish(session, *answer);
}

void Authentication::question(const auth::Credentials& credentials,
                              const std::shared_ptr<AuthenticationAttempt>& attempt, Session& session) {
  try {
    context_.policy.authenticator->authenticate(
        credentials, [attempt](Judgement judgement) { attempt->answer(std::move(judgement)); });
  } catch (...) {
    attempt->answer(nullptr);
    context_.handlers.report(&session, {}, "The authenticator threw: " + thrown_text());
  }
}

// A cookie that is nobody's was not given to show who somebody is: browsers send what they have. A token was.
void Authentication::conclude_open(Session& session, const Judgement& judgement, bool has_token) {
  const PrincipalPtr& principal = judgement.principal();
  if (judgement.is_unavailable()) {
    session.peer().close(protocol::CloseCode::over_capacity, refusals::cannot_judge().message);
    return;
  }
  if (!principal && !has_token) return enter(session);
  if (!principal || is_another(session, *principal)) {
    session.peer().spend(auth::Quantity::auth_failures, 1);
    context_.handlers.fire({.type = EventType::auth_failed, .session = &session});
    session.peer().close(protocol::CloseCode::not_authenticated,
                         refusals::because("The credential of the handshake was refused", judgement.why()));
    return;
  }
  session.set_principal(principal);
  enter(session);
}

void Authentication::conclude_command(Session& session, protocol::RequestId id, const Judgement& judgement) {
  const PrincipalPtr& principal = judgement.principal();
  if (judgement.is_unavailable()) return answer(session, id, refusals::cannot_judge());
  if (!principal) return refuse(session, id, judgement.why());
  if (is_another(session, *principal)) return answer(session, id, refusals::authenticated_as_another());
  session.set_principal(principal);
  if (!id.empty()) session.peer().reply(protocol::encode(protocol::Authenticated{id, user_json(*principal)}));
  context_.handlers.fire({.type = EventType::auth_succeeded, .session = &session});
}

void Authentication::refuse(Session& session, protocol::RequestId id, std::string_view why) {
  answer(session, id, refusals::credentials_refused(why));
  session.authentication_failed();
  if (const auto excess = session.peer().spend(auth::Quantity::auth_failures, 1)) over_limit(session, *excess);
  context_.handlers.fire({.type = EventType::auth_failed, .session = &session});
  if (session.failed_authentications() >= context_.policy.failed_authentications_max) {
    session.peer().close(protocol::CloseCode::not_authenticated, "Authentication failed too often.");
  }
}

// Welcomes it as who it is by now, which may be nobody in particular.
void Authentication::enter(Session& session) {
  welcome(session);
  if (session.principal()) context_.handlers.fire({.type = EventType::auth_succeeded, .session = &session});
}

void Authentication::welcome(Session& session) {
  const std::string user = session.principal() ? user_json(*session.principal()) : std::string();
  session.peer().reply(protocol::encode(protocol::Welcome{to_text(session.id()), user}));
  session.set_phase(Session::Phase::open);
  context_.handlers.fire({.type = EventType::connection_open, .session = &session});
}

}  // namespace sentix::channels
