#pragma once

#include "auth/rate_limit.h"
#include "channels/refusal.h"
#include "channels/session.h"

namespace sentix::channels {

// What is to be said to a client that is over a rate limit; where the limit wants it, the client is closed with 4102.
Refusal over_limit(Session& session, const auth::Excess& excess);

}  // namespace sentix::channels
