#include "auth/user_list.h"

#include <cassert>
#include <utility>

namespace sentix::auth {

UserList::UserList(std::vector<User> users) {
  for (User& user : users) {
    assert(!user.username.empty());
    by_token_[user.token_sha256].push_back(
        std::make_shared<const Principal>(Principal{.user = std::move(user.username),
                                                    .info = std::move(user.info),
                                                    .grants = std::move(user.grants),
                                                    .rate_class = std::move(user.rate_class)}));
  }
}

void UserList::authenticate(const Credentials& given, AuthenticationDone done) {
  done(find(given));
}

PrincipalPtr UserList::find(const Credentials& given) const {
  const auto token = given.get("token");
  if (!token) return nullptr;
  const auto found = by_token_.find(sha256(*token));
  if (found == by_token_.end()) return nullptr;
  const auto username = given.get("username");
  for (const PrincipalPtr& principal : found->second) {
    if (!username || principal->user == *username) return principal;
  }
  return nullptr;
}

}  // namespace sentix::auth
