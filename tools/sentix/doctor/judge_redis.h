#pragma once

#include "core/remote_broker.h"
#include "tools/sentix/doctor/finding.h"

namespace sentix::tools {

// Whether a Redis will do, by what it says of itself: its version, its role, whether it forgets what it was told to
// keep, and how long it takes to answer.
[[nodiscard]] Finding judge_redis(const core::RedisSelfReport& report);

}  // namespace sentix::tools
