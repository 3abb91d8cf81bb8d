#include <iostream>

#include "tools/sentix/check_certificates.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/settings_difference.h"

namespace sentix::tools {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// What SIGHUP does: reads every source again, brings what concerns TLS into force, and says what is wrong, or what only
// a restart would change. Certificates are read again also where something else is wrong.
void reload(const SettingsInput& input, const Settings& in_force, core::Server& server, const core::LogSink& log) {
  const LoadedSettings again = load_settings(input);
  for (const Problem& problem : again.report.problems) {
    log(core::LogLevel::error, "the new configuration is refused, the old one stays in force: " + to_string(problem));
  }
  core::TlsOptions tls = tls_options(again.settings);
  if (!again.report.problems.empty() || !tls.enabled() || !tls_options(in_force).enabled()) {
    server.reload_tls();
  } else {
    server.reload_tls(std::move(tls));
  }
  if (!again.report.problems.empty()) {
    return;
  }
  const std::string changed = joined(settings_difference(in_force, again.settings));
  log(core::LogLevel::info, changed.empty()
                                ? "the configuration has not changed"
                                : "the configuration has changed; these settings need a restart: " + changed);
}

int serve(const SettingsInput& input) {
  LoadedSettings loaded = load_settings(input);
  const Settings& settings = loaded.settings;
  if (!settings.enabled) {
    const Source source = source_of(settings, "enabled");
    std::cout << "sentix is disabled (" << place_text(source) << ", " << source.name << ")\n";
    return 0;
  }
  if (loaded.report.problems.empty()) {
    check_certificates(settings, loaded.report);
  }
  if (!loaded.report.problems.empty()) {
    return print_report(loaded.report);
  }
  return run_server(settings, loaded.report,
                    [&](core::Server& server, const core::LogSink& log) { reload(input, settings, server, log); });
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
      "certificates again, and checks the configuration.\n\n"
      "Status: 0 stopped or disabled, 1 could not start, 2 wrong usage.");
  add_setting_flags(*command, input);
  command->callback([&] { chosen = [&] { return serve(input); }; });
}

}  // namespace sentix::tools
