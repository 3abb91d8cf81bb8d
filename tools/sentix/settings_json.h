#pragma once

#include <string>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// The settings in force for the admin listener's /api/settings: {"settings":[{"key":"max_clients","group":"Limits",
// "value":"1000","source":"sentix.toml:7","help":"...","live":true,"secret":false},...]}, in the order of the table,
// and then each channel's, as `channels."news-*".persistent`. Values are written as in sentix.toml; what is not set has
// none, and neither has a secret. Of users only their number is told. What needs a restart is told as in `started`.
[[nodiscard]] std::string settings_json(const Settings& settings, const Settings& started);

}  // namespace sentix::tools
