#include "channels/token_grants.h"

namespace sentix::channels {

void TokenGrants::put(Session& session, Channel& channel, const auth::ChannelGrant& grant) {
  const Edge edge{&session, &channel};
  const auto [place, is_new] = grants_.try_emplace(edge);
  try {
    if (grant.expires_at) ends_.emplace(*grant.expires_at, edge);
  } catch (...) {
    if (is_new) grants_.erase(place);
    throw;
  }
  const auto before = place->second.expires_at;
  if (before && before != grant.expires_at) ends_.erase({*before, edge});
  place->second = grant;
}

void TokenGrants::remove(Session& session, Channel& channel) noexcept {
  const auto place = grants_.find({&session, &channel});
  if (place == grants_.end()) return;
  if (const auto end = place->second.expires_at) ends_.erase({*end, place->first});
  grants_.erase(place);
}

const auth::ChannelGrant* TokenGrants::find(Session& session, Channel* channel) const {
  const auto place = grants_.find({&session, channel});
  return place == grants_.end() ? nullptr : &place->second;
}

std::optional<TokenGrants::Edge> TokenGrants::first_ended(auth::WallTime wall) const {
  if (ends_.empty() || ends_.begin()->first > wall) return std::nullopt;
  return ends_.begin()->second;
}

}  // namespace sentix::channels
