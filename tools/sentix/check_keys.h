#pragma once

#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Reads the keys of [auth.jwt], from completed settings without problems, and reports why they will not do, by the
// setting that they come from.
void check_keys(const Settings& settings, Report& report);

}  // namespace sentix::tools
