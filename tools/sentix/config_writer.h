#pragma once

#include <string>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// A complete config file with every setting, what it is for, and its value in `settings`; users, whose tokens are known
// by their hashes only, as an example. apply_config() of it gives the same settings again.
[[nodiscard]] std::string config_file_text(const Settings& settings);

// The settings in force, in the form of a config file, each with the place that it came from. Secrets are masked.
[[nodiscard]] std::string config_in_force_text(const Settings& settings);

}  // namespace sentix::tools
