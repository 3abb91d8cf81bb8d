#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "auth/channel_tokens.h"

namespace sentix::channels {

class Channel;
class Session;

// What tokens have opened to the subscriptions of one worker, and when these end. Only subscriptions that were begun or
// renewed with a token are in here, so all others cost nothing. Borrows both ends: what is in here goes before the
// session leaves the channel.
class TokenGrants {
 public:
  using Edge = std::pair<Session*, Channel*>;

  [[nodiscard]] bool empty() const { return grants_.empty(); }

  // Replaces what is there for the same subscription. Throws std::bad_alloc, and has changed nothing.
  void put(Session& session, Channel& channel, const auth::ChannelGrant& grant);
  void remove(Session& session, Channel& channel) noexcept;

  // Null where there is none. `channel` may be null.
  [[nodiscard]] const auth::ChannelGrant* find(Session& session, Channel* channel) const;

  // The subscription that ends first, where it has ended at `wall`. It stays in here until it is removed.
  [[nodiscard]] std::optional<Edge> first_ended(auth::WallTime wall) const;

 private:
  std::map<Edge, auth::ChannelGrant> grants_;
  std::set<std::pair<auth::WallTime, Edge>> ends_;  // of those that have one
};

}  // namespace sentix::channels
