#pragma once

#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Fills in the defaults that depend on other settings: whether there is a page, whether there is TLS, how much may
// wait.
void complete(Settings& settings);

// Reports what is right by itself but wrong together, and what this version does not have. For completed settings.
void check_rules(const Settings& settings, Report& report);

}  // namespace sentix::tools
