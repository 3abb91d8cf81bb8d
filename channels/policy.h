#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "auth/channel_tokens.h"
#include "auth/principal.h"
#include "auth/token_bucket.h"
#include "channels/session.h"

namespace sentix::channels {

// Has the last word on whether a session may do something: asked after the rules, with what they say.
using Authorizer = std::function<bool(Session&, auth::Action, std::string_view channel, bool allowed_by_rules)>;

// Who may do what, and how much of it. It does not change while anything of this layer runs; between two
// calls its owner may put another in its place.
struct Policy {
  bool auth_enabled = false;                           // nothing but `authenticate` and `ping` before authentication
  std::shared_ptr<auth::Authenticator> authenticator;  // null: `authenticate` is not_found
  std::shared_ptr<const auth::ChannelTokens> channel_tokens;  // judges the `token` of `subscribe`; null: none is good
  std::vector<std::string> shown_headers;                     // of the handshake, which authenticators get to see
  Authorizer authorizer;                                      // may be empty
  std::size_t failed_authentications_max = 3;  // attempts of one connection; the last one closes it with 4001
  std::size_t subscriptions_max = 256;         // of one connection
  auth::Rate command_rate;                     // of one connection; more is rate_limited
};

}  // namespace sentix::channels
