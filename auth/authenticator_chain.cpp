#include "auth/authenticator_chain.h"

#include <utility>

namespace sentix::auth {

namespace {

using Links = std::shared_ptr<const AuthenticatorChain::Links>;

// Asks the link at `next` and, unless it says yes, those behind it. `so_far` is what those before it have said.
void ask(const Links& links, std::size_t next, const Credentials& given, AuthenticationDone done, Judgement so_far) {
  if (next == links->size()) return done(std::move(so_far));
  (*links)[next]->authenticate(
      given, [links, next, given, done = std::move(done), so_far = std::move(so_far)](Judgement judgement) {
        if (judgement.principal()) return done(std::move(judgement));
        ask(links, next + 1, given, done, judgement.is_unavailable() ? Judgement::unavailable() : so_far);
      });
}

}  // namespace

void AuthenticatorChain::authenticate(const Credentials& given, AuthenticationDone done) {
  ask(links_, 0, given, std::move(done), nullptr);
}

}  // namespace sentix::auth
