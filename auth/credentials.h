#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentix::auth {

// A header line of the request that brought a client, which may tell who it is: a Cookie, say.
struct ShownHeader {
  std::string name;  // in lower case
  std::string value;
};

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

  // What is known besides: those headers of the handshake that are shown to authenticators, where the credentials came
  // with it; and where the client is, as Peer::remote_address() tells it.
  [[nodiscard]] const std::vector<ShownHeader>& headers() const { return headers_; }
  void set_headers(std::vector<ShownHeader> headers) { headers_ = std::move(headers); }
  [[nodiscard]] const std::string& address() const { return address_; }
  void set_address(std::string address) { address_ = std::move(address); }

 private:
  std::string json_;
  std::vector<ShownHeader> headers_;
  std::string address_;
};

}  // namespace sentix::auth
