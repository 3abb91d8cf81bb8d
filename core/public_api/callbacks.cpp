// What an application has sentix::Server call: handlers, authenticators, authorizers, in the form in which the layers
// below call them.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "auth/authenticator.h"
#include "channels/events.h"
#include "core/arguments.h"
#include "core/public_api/conversions.h"
#include "core/public_api/server_impl.h"
#include "sentix/server.h"

namespace sentix {

namespace {

// An authenticator that is one function.
class FunctionAuthenticator final : public auth::Authenticator {
 public:
  using Function = std::function<void(const auth::Credentials&, auth::AuthenticationDone)>;

  explicit FunctionAuthenticator(Function function) : function_(std::move(function)) {}

  void authenticate(const auth::Credentials& given, auth::AuthenticationDone done) override {
    function_(given, std::move(done));
  }

 private:
  const Function function_;
};

}  // namespace

Server& Server::add_handler(std::string_view name, Handler handler, std::string_view channel) {
  if (!channel.empty()) {
    core::require_channel_name(channel);
  }
  const auto call = [name = std::string(name), handler = std::move(handler)](const channels::Event& event) {
    return to_internal(handler(Event(name, event)));
  };
  impl_->handlers().on(name, call, channel);
  return *this;
}

Server& Server::use_authenticator(Authenticator authenticator) {
  const auto ask = [authenticator = std::move(authenticator)](const auth::Credentials& given,
                                                              const auth::AuthenticationDone& done) {
    done(to_internal(authenticator(Credentials(std::make_shared<const auth::Credentials>(given)))));
  };
  impl_->settings().policy.authenticator = std::make_shared<FunctionAuthenticator>(ask);
  return *this;
}

Server& Server::set_async_authenticator(AsyncAuthenticator authenticator) {
  core::require(authenticator != nullptr, "the authenticator is empty");
  const auto ask = [authenticator = std::move(authenticator)](const auth::Credentials& given,
                                                              auth::AuthenticationDone done) {
    const Credentials credentials(std::make_shared<const auth::Credentials>(given));
    authenticator(credentials, AuthenticationDone(credentials, [done = std::move(done)](const auto& principal) {
                    done(to_internal(principal));
                  }));
  };
  impl_->settings().policy.authenticator = std::make_shared<FunctionAuthenticator>(ask);
  return *this;
}

Server& Server::set_authorizer(Authorizer authorizer) {
  core::require(authorizer != nullptr, "the authorizer is empty");
  impl_->settings().policy.authorizer = [authorizer = std::move(authorizer)](channels::Session& session,
                                                                             auth::Action action,
                                                                             std::string_view channel, bool allowed) {
    return authorizer(Session(&session), to_public(action), channel, allowed);
  };
  return *this;
}

}  // namespace sentix
