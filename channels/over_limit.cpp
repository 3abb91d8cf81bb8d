#include "channels/over_limit.h"

#include "channels/refusals.h"

namespace sentix::channels {

Refusal over_limit(Session& session, const auth::Excess& excess) {
  if (excess.limit.action == auth::OverLimit::close) {
    session.peer().close(protocol::CloseCode::rate_limited, excess.reason());
  }
  return refusals::too_fast(excess);
}

}  // namespace sentix::channels
