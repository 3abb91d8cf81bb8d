#pragma once

#include "tools/load/options.h"
#include "tools/load/outcome.h"

namespace sentix::load {

// Carries out what the options say: connects, warms up, measures, and leaves. Shows on standard error, where that is a
// terminal, how it goes. SIGINT and SIGTERM, which the caller has blocked in all threads, end the measurement early.
//
// Throws std::runtime_error with a sentence where the connections do not come about.
[[nodiscard]] Outcome run(const Options& options);

}  // namespace sentix::load
