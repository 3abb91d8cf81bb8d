#include "channels/presence.h"

#include <cassert>

namespace sentix::channels {

bool Presence::join(SessionId session, const Member& member) {
  const auto [place, first] = members_.try_emplace(member.user, Place{{member.user, member.info, 0}});
  try {
    const bool is_new = by_session_.emplace(session, place).second;
    assert(is_new);
    static_cast<void>(is_new);
  } catch (...) {
    if (first) members_.erase(place);
    throw;
  }
  ++place->second.connections;
  return first;
}

void Presence::take_back(SessionId session, bool first) noexcept {
  const auto place = by_session_.extract(session).mapped();
  --place->second.connections;
  if (first) members_.erase(place);
}

std::optional<Time> Presence::leave(SessionId session, Time now) noexcept {
  const auto found = by_session_.find(session);
  assert(found != by_session_.end());
  Place& place = found->second->second;
  by_session_.erase(found);
  if (--place.connections > 0) return std::nullopt;
  place.leaves_at = now + grace_;
  if (due_) return std::nullopt;
  due_ = place.leaves_at;
  return due_;
}

MemberList Presence::list(std::size_t members_max) const {
  MemberList list{.members = {}, .count = members_.size()};
  const std::size_t listed = std::min(members_max, list.count);
  list.members.reserve(listed);
  for (auto place = members_.begin(); list.members.size() < listed; ++place) list.members.push_back(place->second);
  return list;
}

}  // namespace sentix::channels
