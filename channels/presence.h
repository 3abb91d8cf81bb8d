#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "channels/session_id.h"

namespace sentix::channels {

// One user of a channel with presence, however many connections it has there.
struct Member {
  std::string user;
  std::string info;  // one JSON value, or empty
  std::size_t connections = 0;
};

// Who is on one channel: every user once, with the number of its connections. A connection is listed under the name and
// the info that its user had when the first one came. Belongs to whoever holds the channel's lock.
class Presence {
 public:
  // A connection has come, which is not here yet. Returns whether it is its user's first: whether the others are to be
  // told.
  bool join(SessionId session, const Member& member);

  // A connection has gone, which was here. Returns the user where it was its last connection: the others are to be
  // told.
  std::optional<Member> leave(SessionId session) noexcept;

  // In the order of their names.
  [[nodiscard]] std::vector<Member> members() const;

 private:
  using Members = std::map<std::string, Member>;  // by Member::user

  Members members_;
  std::unordered_map<SessionId, Members::iterator> by_session_;
};

}  // namespace sentix::channels
