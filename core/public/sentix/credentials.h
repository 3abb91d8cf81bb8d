#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sentix::auth {
class Credentials;
}

namespace sentix {

// What a client presented to show who it is: the JSON object `credentials` of its command `authenticate`, or
// {"token": T} for a token that came with its handshake (`Authorization: Bearer T` or `?token=T`).
//
// Immutable and cheap to copy. An authenticator that asks elsewhere keeps a copy; any thread may read it.
class Credentials {
 public:
  // `json` is one JSON object; std::invalid_argument where it is not. For an application's own tests.
  explicit Credentials(std::string_view json);

  // The text of the member `key` where that is a string; absent where there is none, where it is no string, and where
  // the key occurs more than once. Compare secrets by equal() (sentix/secret.h), which takes this as it is.
  [[nodiscard]] std::optional<std::string> operator[](std::string_view key) const;

  // The whole object, as it was received. Lives as long as a copy of these credentials.
  [[nodiscard]] std::string_view json() const;

 private:
  friend class Server;
  explicit Credentials(std::shared_ptr<const auth::Credentials> given) : given_(std::move(given)) {}

  std::shared_ptr<const auth::Credentials> given_;
};

}  // namespace sentix
