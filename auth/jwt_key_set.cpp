#include "auth/jwt_key_set.h"

#include <algorithm>
#include <utility>

namespace sentix::auth {

void JwtKeySet::add(std::string id, JwtKey key) {
  const bool taken =
      !id.empty() && std::any_of(keys_.begin(), keys_.end(), [&](const Entry& entry) { return entry.id == id; });
  if (taken) throw JwtKeyError("has the id of another key");
  if (keys_.size() == kKeysMax) throw JwtKeyError("is one key too many: there may be " + std::to_string(kKeysMax));
  keys_.push_back({std::move(id), std::move(key)});
}

std::optional<JwtFault> JwtKeySet::check(const Jwt& jwt) const {
  bool asked = false;
  for (const auto& [id, key] : keys_) {
    const bool meant = !jwt.key_id || id.empty() || id == *jwt.key_id;
    if (!meant || key.algorithm() != jwt.algorithm) continue;
    asked = true;
    if (key.verifies(jwt.signed_text, jwt.signature)) return std::nullopt;
  }
  return asked ? JwtFault::bad_signature : JwtFault::no_key;
}

}  // namespace sentix::auth
