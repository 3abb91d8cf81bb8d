#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::auth {

// What a client may ask to do with a channel.
enum class Action : std::uint8_t { subscribe, publish, presence };

// One line of a principal's permissions: the channels whose names match `pattern` (auth/pattern.h), and what may be
// done there.
struct Grant {
  std::string pattern;
  bool subscribe = true;
  bool publish = true;
  bool presence = true;
};

// Who somebody turned out to be. Never changes once made, and is shared by the sessions of one authentication.
struct Principal {
  std::string user;                          // the name others see; never empty
  std::string info;                          // one JSON value shown beside the name in presence lists, or empty
  std::optional<std::vector<Grant>> grants;  // what of the private channels is open; without a list: all of them

  // When what showed it ends, by the wall clock; without: never. Who has not shown something new by then is closed.
  std::optional<std::chrono::system_clock::time_point> expires_at = {};

  std::string rate_class = {};  // whose rate limits it has (RateLimitOptions::classes); empty: the general ones
};

using PrincipalPtr = std::shared_ptr<const Principal>;

// Whether `principal` was granted `action` on the private channel `channel`. Null, nobody in particular, was granted
// nothing.
bool granted(const Principal* principal, Action action, std::string_view channel);

}  // namespace sentix::auth
