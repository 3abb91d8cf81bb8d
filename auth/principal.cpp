#include "auth/principal.h"

#include <algorithm>

#include "auth/pattern.h"

namespace sentix::auth {

namespace {

bool allows(const Grant& grant, Action action) {
  switch (action) {
    case Action::subscribe:
      return grant.subscribe;
    case Action::publish:
      return grant.publish;
    case Action::presence:
      return grant.presence;
  }
  return false;
}

}  // namespace

bool granted(const Principal* principal, Action action, std::string_view channel) {
  if (principal == nullptr) return false;
  if (!principal->grants) return true;
  return std::any_of(principal->grants->begin(), principal->grants->end(),
                     [&](const Grant& grant) { return allows(grant, action) && matches(grant.pattern, channel); });
}

}  // namespace sentix::auth
