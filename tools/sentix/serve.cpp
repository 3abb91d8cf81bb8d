#include <iostream>

#include "tools/sentix/check_files.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/reload.h"
#include "tools/sentix/run_server.h"

namespace sentix::tools {

namespace {

int serve(const SettingsInput& input) {
  LoadedSettings loaded = load_settings(input);
  const Settings& settings = loaded.settings;
  if (!settings.enabled) {
    const Source source = source_of(settings, "enabled");
    std::cout << "sentix is disabled (" << place_text(source) << ", " << source.name << ")\n";
    return 0;
  }
  check_files(loaded);
  if (!loaded.report.problems.empty()) {
    return print_report(loaded.report);
  }
  return run_server(settings, loaded.report, Reload(input, settings));
}

}  // namespace

void add_serve_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  CLI::App* const command = app.add_subcommand("serve", "Run the server in the foreground.");
  command->footer(
      "Examples:\n"
      "  sentix serve                                     chat page and WebSocket on 127.0.0.1:8080\n"
      "  sentix serve --host 0.0.0.0 --port 9000          for everybody\n"
      "  sentix serve --host unix:/run/sentix.sock        behind a proxy\n"
      "  sentix serve --tls-cert c.pem --tls-key k.pem     wss://, and the page by https://\n"
      "  WEBSOCKET_PORT=9000 sentix serve                 from the environment\n\n"
      "A flag comes before the environment, the environment before .env, .env before the config file.\n"
      "SIGTERM and SIGINT stop gently (drain_window), the second one at once. SIGHUP opens log files anew, reads\n"
      "certificates again, and brings a changed configuration into force.\n\n"
      "Status: 0 stopped or disabled, 1 could not start, 2 wrong usage.");
  add_setting_flags(*command, input);
  command->callback([&] { chosen = [&] { return serve(input); }; });
}

}  // namespace sentix::tools
