#pragma once

#include <span>

#include "auth/rate_limit.h"
#include "tools/sentix/setting.h"

namespace sentix::tools {

// Every limit that a [rate.class.NAME] table may have, in the order in which they are documented. One that is not
// written there has no value: the general limit holds.
[[nodiscard]] std::span<const Setting<auth::RateClass>> rate_class_table();

}  // namespace sentix::tools
