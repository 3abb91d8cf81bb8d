#pragma once

#include <chrono>
#include <optional>

namespace sentix::tools {

// How long a client waits before it connects again, by the ranges of close codes in the protocol: 40xx do not come back
// (nullopt), 41xx after a pause, 42xx at once; after anything else with exponential backoff and full jitter, so that
// the clients of a failed server do not return in one instant. tools/client waits alike.
//
// `attempt` counts the failures before this one: whoever was told to come back at once and fails then backs off, too.
// `random` is from 0 to 1.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_delay(unsigned close_code, unsigned attempt,
                                                                   double random);

}  // namespace sentix::tools
