#include "tools/sentix/command_line.h"

#include "tools/sentix/nearest.h"
#include "tools/sentix/toml_text.h"
#include "tools/sentix/wrap.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kHelpWidth = 70;

// "Connected clients at one time. ..." and, on a line of its own, "[default 1000, WEBSOCKET_MAX_CLIENTS]".
std::string help_of(const Setting<Settings>& setting) {
  const auto value = setting.binding.get(Settings{});
  const std::string standard = value ? "default " + toml_text(setting.shape.kind, *value) + ", " : "";
  return wrapped(setting.help, kHelpWidth) + "\n[" + standard + variable_of(setting) + "]";
}

std::string placeholder(const Setting<Settings>& setting) {
  switch (setting.shape.kind) {
    case Kind::boolean:
      return "[BOOL]";
    case Kind::number:
      return "N";
    case Kind::bytes:
      return "SIZE";
    case Kind::duration:
      return "TIME";
    case Kind::rate:
      return "RATE";
    case Kind::list:
      return "A,B";
    case Kind::text:
    case Kind::choice:
      break;
  }
  return "TEXT";
}

// The command that was being parsed, at whatever depth.
const CLI::App& parsed_command(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : parsed_command(*commands.back());
}

std::vector<std::string> known_flags(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

}  // namespace

void add_flag(CLI::App& command, std::string_view key, std::vector<FlagValue>& flags, const std::string& help) {
  const Setting<Settings>& setting = *find_setting(key);
  CLI::Option* const option = command.add_option_function<std::string>(
      flag_of(setting),
      [&flags, &setting](const std::string& value) {
        flags.push_back({&setting, value});
      },
      help);
  option->group(std::string(setting.group))->type_name(placeholder(setting));
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (setting.shape.kind == Kind::boolean) {
    option->expected(0, 1)->default_str("true");  // --debug alone is --debug true
  }
}

void add_file_flags(CLI::App& command, SettingsInput& input) {
  command.add_option("--config", input.config_path, "The config file. Without: ./sentix.toml, if there.")
      ->group("Files")
      ->type_name("FILE");
  command
      .add_option("--env-file", input.env_file_path,
                  "A file with variables, as Laravel has. Without: ./.env, if there.")
      ->group("Files")
      ->type_name("FILE");
}

void add_setting_flags(CLI::App& command, SettingsInput& input) {
  add_file_flags(command, input);
  for (const auto& setting : settings_table()) {
    add_flag(command, setting.key, input.flags, help_of(setting));
  }
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = parsed_command(app);
  for (const std::string& extra : app.remaining(true)) {
    return extra + ": unknown" + (extra.starts_with("-") ? suggestion(extra, known_flags(command)) : "");
  }
  return error.what();
}

}  // namespace sentix::tools
