#pragma once

#include <string>
#include <vector>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// The keys of the settings that differ and that only a restart brings into force, with "auth.users" and "channels" each
// as one. Those that are live (setting.h) are left out where both settings have TLS.
[[nodiscard]] std::vector<std::string> settings_difference(const Settings& a, const Settings& b);

}  // namespace sentix::tools
