#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentix {

// What a client may ask to do with a channel.
enum class Action : std::uint8_t { subscribe, publish, presence };

// One line of a principal's permissions: what may be done on the private channels of that name, or whose names match
// that pattern, in which `*` stands for any run of characters: {.channel = "team-*", .publish = false}.
struct Grant {
  std::string channel = {};
  bool subscribe = true;  // which includes reading its history
  bool publish = true;
  bool presence = true;  // only together with `subscribe`
};

// Who a client turned out to be: what an authenticator answers with.
//
// Permissions are about private channels only; channels that are not private are open to everybody. Without a list,
// every private channel is open to this principal; with one, those it lists, and with an empty one, none.
struct Principal {
  std::string user = {};  // the name that others see, as UTF-8; not empty
  std::string info = {};  // one JSON value that is shown beside the name, such as {"avatar":"..."}; or empty
  std::optional<std::vector<Grant>> permissions = {};
  std::string rate_class = {};  // whose limits it has (Server::set_rate_limit); empty: the general ones
};

}  // namespace sentix
