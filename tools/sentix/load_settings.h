#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/sentix/environment.h"
#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

// A flag as it was given.
struct FlagValue {
  const Setting<Settings>* setting;
  std::string text;
};

// Where settings are to be looked for, beside the defaults.
struct SettingsInput {
  std::vector<FlagValue> flags;
  std::optional<std::string> config_path;    // --config; without: ./sentix.toml, if there
  std::optional<std::string> env_file_path;  // --env-file; without: ./.env, if there
  Environment environment;
};

struct LoadedSettings {
  Settings settings;  // as far as they could be read, completed
  Report report;
};

// Reads all sources, each over those that it comes before: default, config file, .env, environment, flag. Every source
// is checked whole, also where another one has the last word.
[[nodiscard]] LoadedSettings load_settings(const SettingsInput& input);

// Puts flags alone into the settings.
void apply_flags(const std::vector<FlagValue>& flags, Settings& settings, Report& report);

}  // namespace sentix::tools
