#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sentix/load_settings.h"

namespace sentix::tools {

// Adds the flags that name files.
void add_file_flags(CLI::App& command, SettingsInput& input);

// Adds the flag of every setting, and those that name files, to a command. `input` gets what is given when the command
// line is parsed, and outlives the app.
void add_setting_flags(CLI::App& command, SettingsInput& input);

// Adds the flag of one setting, for a command that has only some; `help` is its text, in lines.
void add_flag(CLI::App& command, std::string_view key, std::vector<FlagValue>& flags, const std::string& help);

// What is wrong with a command line, with the nearest flag where it has an unknown one.
[[nodiscard]] std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace sentix::tools
