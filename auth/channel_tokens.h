#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "auth/jwt_verifier.h"
#include "auth/principal.h"

namespace sentix::auth {

// What a token for one private channel opens there, beside subscribing and reading the history.
struct ChannelGrant {
  bool publish = false;
  bool presence = false;
  std::optional<WallTime> expires_at = {};  // the subscription ends then; without: it does not end by itself
};

// What claims open of `channel` to `holder`, who is null where nobody has authenticated. A token that has a `sub` is
// that user's alone; one without is good for whoever presents it. One without a `channel` is for authentication, and
// opens nothing here (RFC 8725 §3.12).
[[nodiscard]] std::variant<ChannelGrant, JwtFault> to_channel_grant(const JwtClaims& claims, std::string_view channel,
                                                                    const Principal* holder);

// Judges tokens that clients subscribe with, by the keys and the rules that those for authentication are judged by. For
// any thread.
class ChannelTokens {
 public:
  using Verifier = std::function<std::shared_ptr<const JwtVerifier>()>;  // the one in force
  using Clock = std::function<WallTime()>;
  using Refused = std::function<void(JwtFault)>;  // hears why; may be empty

  // All three are called from any thread.
  ChannelTokens(Verifier verifier, Clock clock, Refused refused)
      : verifier_(std::move(verifier)), clock_(std::move(clock)), refused_(std::move(refused)) {}

  [[nodiscard]] std::variant<ChannelGrant, JwtFault> judge(std::string_view token, std::string_view channel,
                                                           const Principal* holder) const;

 private:
  const Verifier verifier_;
  const Clock clock_;
  const Refused refused_;
};

}  // namespace sentix::auth
