#pragma once

#include <memory>
#include <vector>

#include "auth/authenticator.h"

namespace sentix::auth {

// Several authenticators as one: each is asked in turn, until one says yes. So what is quick to judge, such as a list
// of users, stands before what has to ask elsewhere. Where none says yes, the answer is no, or unavailable where one of
// them could not tell. One that throws ends the question, refused, as if it were alone.
class AuthenticatorChain : public Authenticator {
 public:
  using Links = std::vector<std::shared_ptr<Authenticator>>;

  explicit AuthenticatorChain(Links links) : links_(std::make_shared<const Links>(std::move(links))) {}

  void authenticate(const Credentials& given, AuthenticationDone done) override;

 private:
  std::shared_ptr<const Links> links_;  // shared with questions that are still open when this goes
};

}  // namespace sentix::auth
