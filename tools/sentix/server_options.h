#pragma once

#include "core/options.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// What the server is to be, from completed settings without problems: workers counted, users made an authenticator, the
// page loaded.
[[nodiscard]] core::Options server_options(const Settings& settings, core::LogSink log);

}  // namespace sentix::tools
