#pragma once

#include "core/remote_broker.h"
#include "tools/sentix/doctor/finding.h"

namespace sentix::tools {

// Whether a Redis will do, by what it says of itself: its version, its role, whether it forgets what it was told to
// keep, whether it has so many replicas as synced channels need (0: there are none), and how long it takes to answer.
[[nodiscard]] Finding judge_redis(const core::RedisSelfReport& report, unsigned sync_replicas = 0);

}  // namespace sentix::tools
