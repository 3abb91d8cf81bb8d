#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/rate_limit.h"
#include "auth/token_bucket.h"
#include "channels/access.h"
#include "channels/authentication.h"
#include "channels/context.h"
#include "channels/publisher.h"
#include "channels/reader.h"
#include "channels/request.h"
#include "channels/subscriptions.h"
#include "protocol/command_decoder.h"

namespace sentix::channels {

// Carries out what clients ask for: decode, look the command up in one table (who may, what it costs, how), do it,
// answer. One per worker; everything runs on that worker's thread.
//
// The order of checks is the contract's: syntax and names in the decoder, then whether the session can afford it and
// has authenticated here, then permission, subscription and existence (Access). A command without an id is answered
// only where it is refused; what it missed is sent in any case.
//
// Handlers may call everything here from inside of their own call, but receive(). What they close is answered nothing
// more.
class Dispatcher {
 public:
  // References are borrowed and outlive the dispatcher. `inbox` is this worker's own.
  Dispatcher(const Policy& policy, const Handlers& handlers, const ChannelRules& rules, Broker& broker,
             std::shared_ptr<Inbox> inbox);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // A connection has been upgraded; where its TLS certificate says who it is, the session has that principal already.
  // Without a credential it is welcomed at once; with one (and an authenticator to
  // judge it) it is paused, and welcomed, with its "user", or closed, when the judgement is there (Authentication).
  void open(Session& session, std::string_view credential, std::vector<auth::ShownHeader> headers = {});

  // One text message of the client. `text` is valid UTF-8 and is borrowed for the call. Before open() is through and
  // after close() it does nothing.
  void receive(Session& session, std::string_view text, Time now);

  // A message that is over a rate limit: it is answered so, and not carried out. `text` as for receive().
  void refuse(Session& session, std::string_view text, const auth::Excess& excess);

  // The connection is gone or going: the session leaves every channel, and then the application hears of its end where
  // it heard of its beginning. Its peer is not used any more. Once is enough; a second time does nothing.
  void close(Session& session, Time now);

  // Ends the subscriptions whose tokens have expired at `wall`, of the wall clock; at most 1000 with one call.
  void end_expired(auth::WallTime wall, Time now) { subscriptions_.end_expired(wall, now); }

  // A publication from this worker's inbox, for its subscribers here.
  std::size_t deliver(const Publication& publication) { return context_.registry.deliver(publication); }

  // The server's own acts on a client's behalf, past all permissions; the client is told as if it had asked, without an
  // id. False where nothing came of it, and then the client is told nothing: the channel is full or cannot exist, the
  // session is not open or not there.
  bool subscribe(Session& session, std::string_view channel, Time now) {
    return subscriptions_.enter(session, channel, now);
  }
  bool unsubscribe(Session& session, std::string_view channel, Time now) {
    return subscriptions_.leave(session, channel, now);
  }

  [[nodiscard]] const Registry& registry() const { return context_.registry; }

 private:
  // One line for each type of command, in the order of protocol::CommandType.
  struct Line {
    protocol::CommandType type;
    bool before_authentication;              // served also where authentication is required and has not happened
    std::optional<auth::Action> permission;  // needed on the channel that it names, if it names one; without: nothing
                                             // is asked here, and `subscribe`, whose token may open it, asks itself
    std::uint32_t cost;                      // of Policy::command_rate
    Refused (*run)(Dispatcher& dispatcher, const Request& request);
  };
  static const std::array<Line, protocol::kCommandTypes> kTable;

  // Carries a command out by the part of the dispatcher that it belongs to.
  template <auto Part, auto Method>
  static Refused run(Dispatcher& dispatcher, const Request& request) {
    return ((dispatcher.*Part).*Method)(request);
  }

  Refused spend(const Session& session, std::uint32_t cost, Time now);
  Refused serve(Session& session, const protocol::Command& command, Time now);
  Refused carry_out(const Line& line, Request request);

  Context context_;
  Access access_;
  Authentication authentication_;
  Subscriptions subscriptions_;
  Publisher publisher_;
  Reader reader_;
  protocol::CommandDecoder decoder_;
  std::unordered_map<SessionId, auth::TokenBucket> spent_;  // of Policy::command_rate; empty where that is no limit
};

}  // namespace sentix::channels
