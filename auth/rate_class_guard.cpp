#include "auth/rate_class_guard.h"

#include <utility>

namespace sentix::auth {

RateClassGuard::RateClassGuard(std::shared_ptr<Authenticator> judge, RateClasses classes, Refused refused)
    : judge_(std::move(judge)),
      rule_(std::make_shared<const Rule>(Rule{.classes = std::move(classes), .refused = std::move(refused)})) {}

void RateClassGuard::authenticate(const Credentials& given, AuthenticationDone done) {
  judge_->authenticate(given, [rule = rule_, address = given.address(), done = std::move(done)](Judgement found) {
    done(rule->judge(std::move(found), address));
  });
}

Judgement RateClassGuard::Rule::judge(Judgement found, const std::string& address) const {
  const PrincipalPtr& principal = found.principal();
  if (!principal || principal->rate_class.empty() || classes.contains(principal->rate_class)) return found;
  if (refused) refused(address, *principal);
  return Judgement::refused(setting_of_class(principal->rate_class) + " is not set");
}

}  // namespace sentix::auth
