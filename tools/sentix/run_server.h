#pragma once

#include <functional>
#include <string>

#include "core/server.h"
#include "tools/sentix/log.h"
#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Runs a server in the foreground, from completed settings without problems, until a signal ends it: opens the log,
// raises the limit of descriptors, listens, and prints where. The warnings go to the log. `on_hangup` is what SIGHUP
// does beside opening the log's files anew; it runs on a thread of its own, with the running server. Returns the
// process's exit status, or throws std::exception with a sentence where the server cannot start.
//
// To be called by main's thread with signals blocked (signals.h).
int run_server(const Settings& settings, const Report& report,
               const std::function<void(core::Server&, const core::LogSink&)>& on_hangup);

// The warnings about settings, and where there are too few descriptors for max_clients, one about that.
void log_warnings(const Settings& settings, const Report& report, const core::LogSink& log);

// Prints problems and warnings to standard error, one a line. Returns 1 where there are problems, otherwise 0.
int print_report(const Report& report);

}  // namespace sentix::tools
