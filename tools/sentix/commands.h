#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "tools/sentix/load_settings.h"

namespace sentix::tools {

// What a command line asks for: returns the exit status, or throws std::exception with a sentence.
using Action = std::function<int()>;

// Each adds its command to the app, with flags and help. When the command line has been parsed and names it, `chosen`
// is what to do. `input` carries the environment and takes the flags; both outlive the action.
void add_serve_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_echo_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_config_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_admin_commands(CLI::App& app, SettingsInput& input, Action& chosen);  // publish, channels, kick
void add_tail_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_cluster_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_doctor_command(CLI::App& app, SettingsInput& input, Action& chosen);
void add_reference_commands(CLI::App& app, Action& chosen);  // completions, manual; they tell of all that was added

}  // namespace sentix::tools
