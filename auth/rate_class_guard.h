#pragma once

#include <functional>
#include <memory>
#include <string>

#include "auth/authenticator.h"
#include "auth/rate_limit.h"

namespace sentix::auth {

// Stands in front of an authenticator, and refuses those of its principals whose rate class there is none of: nobody
// knows then how much they may do, and neither the general limits nor none at all are a safe guess. Whoever is refused
// is told which setting is missing.
//
// Answers when the other one does, on its thread.
class RateClassGuard : public Authenticator {
 public:
  using Refused = std::function<void(const std::string& address, const Principal&)>;  // hears of it; may be empty

  // `refused` is called from any thread.
  RateClassGuard(std::shared_ptr<Authenticator> judge, RateClasses classes, Refused refused);

  void authenticate(const Credentials& given, AuthenticationDone done) override;

 private:
  // Shared with the answers that are yet to come, which may outlive this.
  struct Rule {
    const RateClasses classes;
    const Refused refused;

    [[nodiscard]] Judgement judge(Judgement found, const std::string& address) const;
  };

  const std::shared_ptr<Authenticator> judge_;
  const std::shared_ptr<const Rule> rule_;
};

}  // namespace sentix::auth
