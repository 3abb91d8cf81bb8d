#include "auth/channel_tokens.h"

namespace sentix::auth {

std::variant<ChannelGrant, JwtFault> to_channel_grant(const JwtClaims& claims, std::string_view channel,
                                                      const Principal* holder) {
  if (!claims.channel) return JwtFault::other_purpose;
  if (*claims.channel != channel) return JwtFault::other_channel;
  if (!claims.user.empty() && (holder == nullptr || holder->user != claims.user)) return JwtFault::other_user;
  return ChannelGrant{.publish = claims.publish, .presence = claims.presence, .expires_at = claims.expires_at};
}

std::variant<ChannelGrant, JwtFault> ChannelTokens::judge(std::string_view token, std::string_view channel,
                                                          const Principal* holder) const {
  const auto verified = verifier_()->verify(token, clock_());
  const auto* const claims = std::get_if<JwtClaims>(&verified);
  auto judgement = claims != nullptr ? to_channel_grant(*claims, channel, holder) : std::get<JwtFault>(verified);
  if (const auto* const fault = std::get_if<JwtFault>(&judgement); fault != nullptr && refused_) refused_(*fault);
  return judgement;
}

}  // namespace sentix::auth
