#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/access.h"
#include "channels/context.h"
#include "channels/refusal.h"
#include "channels/request.h"
#include "protocol/event.h"

namespace sentix::channels {

// Enters sessions into channels and takes them out again, in the registry and in the broker alike.
//
// Where the broker answers later, the session is paused until it has, so that nothing of what its client sends is
// carried out before it.
class Subscriptions {
 public:
  Subscriptions(Context& context, const Access& access) : context_(context), access_(access) {}

  // The commands of a client. Subscribing to a channel that the session listens to already is answered with the present
  // position and changes nothing, but for the token's end, where there is one: that of the last token counts.
  Refused subscribe(const Request& request);
  Refused unsubscribe(const Request& request);

  // The server's own: past all permissions, and always told to the client. False where the session cannot come in, as
  // far as that is known at once.
  bool enter(Session& session, std::string_view channel, Time now);
  // False where the session was not there.
  bool leave(Session& session, std::string_view channel, Time now);

  // Takes out those whose token has ended, and tells them.
  void end_expired(auth::WallTime wall, Time now);

  // Whatever happens, the session listens to nothing afterwards.
  void leave_all(Session& session, Time now) noexcept;

 private:
  struct Entry {
    std::string_view channel;
    const ChannelRules::Rule& rule;
    bool shows_members = true;
    std::optional<auth::ChannelGrant> grant = {};  // of a token
    std::optional<protocol::Position> since = {};
    protocol::RequestId id = {};
    bool answered = true;
    Time now;
  };

  // An entry whose answer comes later.
  struct Waiting {
    std::string channel;
    bool leaves = false;  // as soon as it is in
  };
  using WaitingList = std::vector<Waiting>;

  Refused enter(Session& session, const Entry& entry);
  Broker::Subscribed ask(Session& session, const Entry& entry, bool again);
  Refused conclude(Session& session, const Entry& entry, bool again, const Broker::Subscribed& outcome);
  void conclude_late(Session& session, const Entry& entry, bool again, const Broker::Subscribed& outcome);
  void add(Session& session, const Entry& entry, const Broker::Subscribed& outcome);
  Waiting* find_waiting(const Session& session, std::string_view channel);
  Waiting stop_waiting(const Session& session, std::string_view channel);
  void take_back_waiting(const Session& session, Time now) noexcept;
  static void answer(Session& session, const Entry& entry, const Broker::Subscribed& outcome);
  void end(Session& session, Channel& channel, Time now) noexcept;
  void leave(Session& session, Channel& channel, const protocol::Unsubscribed* told, Time now);

  Context& context_;
  const Access& access_;
  std::unordered_map<SessionId, WaitingList> waiting_;  // empty where the broker answers at once
};

}  // namespace sentix::channels
