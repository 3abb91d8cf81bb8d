#pragma once

#include <string>
#include <vector>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// The keys of the settings that differ, with "auth.users" and "channels" each as one.
[[nodiscard]] std::vector<std::string> settings_difference(const Settings& a, const Settings& b);

}  // namespace sentix::tools
