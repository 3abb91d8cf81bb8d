#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "tools/sentix/check_files.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/config_writer.h"
#include "tools/sentix/run_server.h"

namespace sentix::tools {

namespace {

// Never over a file that is there: it may be the one in use.
int publish(const std::string& path) {
  const std::string text = config_file_text(Settings{});
  if (path == "-") {
    std::cout << text;
    return 0;
  }
  std::FILE* const file = std::fopen(path.c_str(), "wxe");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if ((file != nullptr && std::fclose(file) != 0) || !written) {
    throw std::runtime_error(path + ": cannot be written: " + std::generic_category().message(errno));
  }
  std::cout << "wrote " << path << '\n';
  return 0;
}

int check(const SettingsInput& input) {
  LoadedSettings loaded = load_settings(input);
  check_files(loaded);
  const int status = print_report(loaded.report);
  if (status == 0) {
    std::cout << "the configuration is good\n";
  }
  return status;
}

int show(const SettingsInput& input) {
  const LoadedSettings loaded = load_settings(input);
  std::cout << config_in_force_text(loaded.settings);
  return print_report(loaded.report);
}

}  // namespace

void add_config_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  CLI::App* const config = app.add_subcommand("config", "Write, check and show the settings.");
  config->require_subcommand(1);

  CLI::App* const publishing =
      config->add_subcommand("publish", "Write a config file with every setting, explained, at its default.");
  const auto path = std::make_shared<std::string>("sentix.toml");
  publishing->add_option("FILE", *path,
                         "The file, which must not be there yet; - is standard output. Without: sentix.toml.");
  publishing->callback([&chosen, path] { chosen = [path] { return publish(*path); }; });

  CLI::App* const checking = config->add_subcommand("check", "Find everything that is wrong with the settings.");
  checking->footer(
      "Takes the flags of serve. Prints a line for each problem: file, line, setting. Status 1 if there is any.");
  add_setting_flags(*checking, input);
  checking->callback([&] { chosen = [&] { return check(input); }; });

  CLI::App* const showing = config->add_subcommand("show", "Show the settings in force, and where each came from.");
  showing->footer("Takes the flags of serve. Secrets are masked.");
  add_setting_flags(*showing, input);
  showing->callback([&] { chosen = [&] { return show(input); }; });
}

}  // namespace sentix::tools
