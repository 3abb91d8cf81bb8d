#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt.h"
#include "auth/jwt_key.h"

namespace sentix::auth {

// The keys whose signatures are believed. A key with an id is for tokens that name it and for those that name none;
// one without is for every token of its algorithm, since many issuers name a key where there is only one.
class JwtKeySet {
 public:
  static constexpr std::size_t kKeysMax = 64;  // a token may have to be checked by each of them

  // Throws JwtKeyError where there is a key with this id already, or no room. `id` may be empty: none.
  void add(std::string id, JwtKey key);

  // Nothing where the signature is one of these keys'.
  [[nodiscard]] std::optional<JwtFault> check(const Jwt& jwt) const;

  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Entry {
    std::string id;
    JwtKey key;
  };
  std::vector<Entry> keys_;
};

}  // namespace sentix::auth
