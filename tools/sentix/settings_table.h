#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/sentix/report.h"
#include "tools/sentix/setting.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Every setting there is, but for users, rate classes and channels, which only the config file has (config_file.h). In
// the order in which they are documented: by heading, with the settings of a table such as [auth] behind all others.
[[nodiscard]] std::span<const Setting<Settings>> settings_table();

// The row of a key, or null.
[[nodiscard]] const Setting<Settings>* find_setting(std::string_view key);

// "max_clients" is --max-clients and WEBSOCKET_MAX_CLIENTS, "auth.enabled" is --auth-enabled and
// WEBSOCKET_AUTH_ENABLED; but a row may name another flag.
[[nodiscard]] std::string flag_of(const Setting<Settings>& setting);
[[nodiscard]] std::string variable_of(const Setting<Settings>& setting);

// Reads `text`, puts it in place of what the setting was, and remembers the source; or reports what is wrong with it.
void assign(Settings& settings, const Setting<Settings>& setting, std::string_view text, const Source& source,
            Report& report);

}  // namespace sentix::tools
