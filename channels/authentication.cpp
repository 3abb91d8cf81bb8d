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

using auth::PrincipalPtr;

// {"user":NAME,"info":INFO}; without info, only the name.
std::string user_json(const auth::Principal& principal) {
  std::string json = R"({"user":)";
  protocol::append_quoted(json, principal.user);
  if (!principal.info.empty()) json += R"(,"info":)" + principal.info;
  return json + "}";
}

bool is_another(const Session& session, const auth::Principal& principal) {
  return session.principal() && session.principal()->user != principal.user;
}

}  // namespace

void Authentication::open(Session& session, std::string_view credential) {
  if (credential.empty() || !context_.policy.authenticator) {
    welcome(session);
    if (session.principal()) context_.handlers.fire({.type = EventType::auth_succeeded, .session = &session});
    return;
  }
  if (const auto excess = session.peer().overspent(auth::Quantity::auth_failures)) {
    session.peer().close(protocol::CloseCode::rate_limited, excess->reason());
    return;
  }
  ask(session, auth::Credentials::from_token(credential),
      [this](Session& asked, const PrincipalPtr& principal) { conclude_open(asked, principal); });
}

Refused Authentication::authenticate(const Request& request) {
  const protocol::Command& command = request.command;
  if (!context_.policy.authenticator) return refusals::no_authenticator();
  if (const auto excess = request.session.peer().overspent(auth::Quantity::auth_failures)) {
    return over_limit(request.session, *excess);
  }
  // The command's text is gone when a late answer comes.
  ask(request.session, auth::Credentials(std::string(command.credentials)),
      [this, id = std::string(command.id.json)](Session& asked, const PrincipalPtr& principal) {
        conclude_command(asked, protocol::RequestId{id}, principal);
      });
  return std::nullopt;
}

void Authentication::ask(Session& session, const auth::Credentials& credentials,
                         AuthenticationAttempt::Conclusion conclude) {
  session.peer().pause();
  auto finish = [conclude = std::move(conclude)](Session& asked, const PrincipalPtr& principal) {
    if (asked.phase() == Session::Phase::closed) return;
    conclude(asked, principal);
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
        credentials, [attempt](PrincipalPtr principal) { attempt->answer(std::move(principal)); });
  } catch (...) {
    attempt->answer(nullptr);
    context_.handlers.report(&session, {}, "The authenticator threw: " + thrown_text());
  }
}

void Authentication::conclude_open(Session& session, const PrincipalPtr& principal) {
  if (!principal || is_another(session, *principal)) {
    session.peer().spend(auth::Quantity::auth_failures, 1);
    context_.handlers.fire({.type = EventType::auth_failed, .session = &session});
    session.peer().close(protocol::CloseCode::not_authenticated, "The credential of the handshake was refused.");
    return;
  }
  session.set_principal(principal);
  welcome(session);
  context_.handlers.fire({.type = EventType::auth_succeeded, .session = &session});
}

void Authentication::conclude_command(Session& session, protocol::RequestId id, const PrincipalPtr& principal) {
  if (!principal) return refuse(session, id);
  if (is_another(session, *principal)) {
    const Refusal refusal = refusals::authenticated_as_another();
    session.peer().reply(protocol::encode(protocol::ErrorReply{id, refusal.code, refusal.message}));
    return;
  }
  session.set_principal(principal);
  if (!id.empty()) session.peer().reply(protocol::encode(protocol::Authenticated{id, user_json(*principal)}));
  context_.handlers.fire({.type = EventType::auth_succeeded, .session = &session});
}

void Authentication::refuse(Session& session, protocol::RequestId id) {
  const Refusal refusal = refusals::credentials_refused();
  session.peer().reply(protocol::encode(protocol::ErrorReply{id, refusal.code, refusal.message}));
  session.authentication_failed();
  if (const auto excess = session.peer().spend(auth::Quantity::auth_failures, 1)) over_limit(session, *excess);
  context_.handlers.fire({.type = EventType::auth_failed, .session = &session});
  if (session.failed_authentications() >= context_.policy.failed_authentications_max) {
    session.peer().close(protocol::CloseCode::not_authenticated, "Authentication failed too often.");
  }
}

void Authentication::welcome(Session& session) {
  const std::string user = session.principal() ? user_json(*session.principal()) : std::string();
  session.peer().reply(protocol::encode(protocol::Welcome{to_text(session.id()), user}));
  session.set_phase(Session::Phase::open);
  context_.handlers.fire({.type = EventType::connection_open, .session = &session});
}

}  // namespace sentix::channels
