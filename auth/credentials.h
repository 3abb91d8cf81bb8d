#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sentix::auth {

// What a client presented to show who it is: the JSON object of an `authenticate` command, or {"token": T} for a
// credential that came with the handshake. Owns its text, so that an authenticator may keep it while it asks elsewhere.
class Credentials {
 public:
  // `json` is a valid JSON object (protocol/json_syntax.h).
  explicit Credentials(std::string json) : json_(std::move(json)) {}

  // {"token": T}. A token may be any bytes a client thought of; one that is not UTF-8 is nobody's and becomes {}.
  static Credentials from_token(std::string_view token);

  // The text of the string member `key`, unescaped. nullopt where there is none, where it is no string, and where the
  // key occurs twice: JSON readers differ on which of the two counts, and a secret must mean the same to all of them.
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;

  [[nodiscard]] const std::string& json() const { return json_; }

 private:
  std::string json_;
};

}  // namespace sentix::auth
