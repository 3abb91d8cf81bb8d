#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/signals.h"
#include "tools/sentix/standard_streams.h"

namespace {

using namespace sentix::tools;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int run(const Action& action) {
  try {
    return action();
  } catch (const std::exception& error) {
    std::cerr << "sentix: " << error.what() << '\n';
    return kFailed;
  }
}

// CLI11 reports everything by exceptions, help and version too.
int finish(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    return app.exit(error);
  }
  std::cerr << "sentix: " << usage_error(app, error) << "\nTry --help.\n";
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  block_signals();
  SettingsInput input{.flags = {}, .config_path = {}, .env_file_path = {}, .environment = process_environment()};
  Action action;
  CLI::App app("sentix, a WebSocket publish/subscribe server", "sentix");
  app.set_version_flag("--version", "sentix " SENTIX_VERSION);
  app.get_formatter()->column_width(34);
  app.require_subcommand(0, 1);
  app.footer(
      "`sentix serve` is all it takes to begin. `sentix COMMAND --help` explains a command and its flags;\n"
      "`sentix config publish` writes a file with every setting explained.");
  add_serve_command(app, input, action);
  add_echo_command(app, input, action);
  add_config_command(app, input, action);
  add_admin_commands(app, input, action);
  add_tail_command(app, input, action);
  add_cluster_command(app, input, action);
  add_doctor_command(app, input, action);
  add_reference_commands(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return finish(app, error);
  }
  if (!action) {
    std::cout << app.help();
    return 0;
  }
  return run(action);
}
