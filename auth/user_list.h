#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "auth/authenticator.h"
#include "auth/secret.h"

namespace sentix::auth {

// One configured user. Of the token only its hash is known, so that a configuration that leaks lets nobody in.
struct User {
  std::string username;  // not empty
  Digest token_sha256;
  std::optional<std::vector<Grant>> grants = {};  // see Principal
  std::string info = {};                          // one JSON value, or empty
  std::string rate_class = {};                    // see Principal
};

// Authenticates by a fixed list of users: credentials {"username": U, "token": T} are good where T is a token of U, and
// {"token": T} alone, as it comes with a handshake, where it is anybody's. Answers `done` at once, on the calling
// thread.
//
// A name may be listed several times, each with its own token: so tokens are renewed. A token that several users share
// opens, without a name, the first one's account.
//
// Immutable, so any thread may ask. Users are found by the hash of the token, and hashes are compared in constant time:
// how long an answer takes tells nothing that brings somebody nearer to a token, and it is the same whether the name
// exists or not.
class UserList : public Authenticator {
 public:
  explicit UserList(std::vector<User> users);

  void authenticate(const Credentials& given, AuthenticationDone done) override;

 private:
  struct FirstBytes {
    std::size_t operator()(const Digest& digest) const {
      std::size_t hash;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };
  struct ConstantTimeEqual {
    bool operator()(const Digest& a, const Digest& b) const { return equal(a, b); }
  };

  [[nodiscard]] PrincipalPtr find(const Credentials& given) const;

  std::unordered_map<Digest, std::vector<PrincipalPtr>, FirstBytes, ConstantTimeEqual> by_token_;
};

}  // namespace sentix::auth
