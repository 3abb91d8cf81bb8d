#include "auth/authenticator_chain.h"

#include <utility>

namespace sentix::auth {

namespace {

using Links = std::shared_ptr<const AuthenticatorChain::Links>;

void ask(const Links& links, std::size_t link, const Credentials& given, AuthenticationDone done) {
  if (link == links->size()) return done(nullptr);
  const bool last = link + 1 == links->size();
  if (last) return (*links)[link]->authenticate(given, std::move(done));
  (*links)[link]->authenticate(given, [links, link, given, done = std::move(done)](PrincipalPtr principal) {
    if (principal) return done(std::move(principal));
    ask(links, link + 1, given, done);
  });
}

}  // namespace

void AuthenticatorChain::authenticate(const Credentials& given, AuthenticationDone done) {
  ask(links_, 0, given, std::move(done));
}

}  // namespace sentix::auth
