#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "channels/position.h"
#include "channels/session_id.h"

namespace sentix::channels {

// One user of a channel with presence, however many connections it has there.
struct Member {
  std::string user;
  std::string info;  // one JSON value, or empty
  std::size_t connections = 0;
};

// The first members of a channel, in the order of their names, and how many there are in all.
struct MemberList {
  std::vector<Member> members;
  std::size_t count = 0;

  [[nodiscard]] bool whole() const { return members.size() == count; }
};

// To ask for as many members as a channel lists.
inline constexpr std::size_t kAllMembers = std::numeric_limits<std::size_t>::max();

// Who is on one channel: every user once, with the number of its connections. A connection is listed under the name and
// the info that its user had when the first one came.
//
// A user whose last connection has gone stays, with no connections, for a period of grace: who comes back within it was
// never away, and nobody is told anything. Belongs to whoever holds the channel's lock.
class Presence {
 public:
  explicit Presence(std::chrono::milliseconds grace) : grace_(grace) {}

  // A connection has come, which is not here yet. Returns whether its user was not here either: whether the others are
  // to be told.
  bool join(SessionId session, const Member& member);

  // As if that had not been: `first` is what join() returned.
  void take_back(SessionId session, bool first) noexcept;

  // A connection has gone, which was here. Returns when to call let_go(), where nothing has asked for that yet.
  [[nodiscard]] std::optional<Time> leave(SessionId session, Time now) noexcept;

  // Takes those away whose grace is over, and hands each to tell(Member&&), which must not throw: the others are to be
  // told. Returns when to call this again, if there is anybody to wait for.
  template <class Tell>
  [[nodiscard]] std::optional<Time> let_go(Time now, Tell&& tell) noexcept {
    due_.reset();
    for (auto place = members_.begin(); place != members_.end();) {
      if (place->second.connections > 0) {
        ++place;
      } else if (place->second.leaves_at > now) {
        due_ = due_ ? std::min(*due_, place->second.leaves_at) : place->second.leaves_at;
        ++place;
      } else {
        tell(Member(std::move(place->second)));
        place = members_.erase(place);
      }
    }
    return due_;
  }

  // Those who are in their grace included.
  [[nodiscard]] MemberList list(std::size_t members_max) const;

 private:
  struct Place : Member {
    Time leaves_at = {};  // where it has no connections
  };
  using Places = std::map<std::string, Place>;  // by Member::user

  std::chrono::milliseconds grace_;
  Places members_;
  std::unordered_map<SessionId, Places::iterator> by_session_;
  std::optional<Time> due_;  // of let_go()
};

}  // namespace sentix::channels
