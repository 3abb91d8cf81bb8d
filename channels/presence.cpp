#include "channels/presence.h"

#include <cassert>
#include <utility>

namespace sentix::channels {

bool Presence::join(SessionId session, const Member& member) {
  const auto [place, first] = members_.try_emplace(member.user, Member{member.user, member.info, 0});
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

std::optional<Member> Presence::leave(SessionId session) noexcept {
  const auto found = by_session_.find(session);
  assert(found != by_session_.end());
  const auto place = found->second;
  by_session_.erase(found);
  if (--place->second.connections > 0) return std::nullopt;
  Member gone = std::move(place->second);
  members_.erase(place);
  return gone;
}

std::vector<Member> Presence::members() const {
  std::vector<Member> members;
  members.reserve(members_.size());
  for (const auto& [user, member] : members_) members.push_back(member);
  return members;
}

}  // namespace sentix::channels
