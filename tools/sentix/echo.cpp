#include "tools/sentix/check_certificates.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/settings_rules.h"

namespace sentix::tools {

namespace {

// Settings of the echo service: no limit of clients and room for large messages, since it is there to be measured and
// tested against.
Settings echo_settings() {
  Settings settings;
  settings.server.service = core::Service::echo;
  settings.server.max_clients = 0;
  settings.server.max_message_bytes = 64 << 20;
  settings.page = "none";
  settings.admin = "off";
  return settings;
}

int echo(const SettingsInput& input, bool compresses) {
  Settings settings = echo_settings();
  settings.server.deflate.enabled = compresses;
  Report report;
  apply_flags(input.flags, settings, report);
  complete(settings);
  check_rules(settings, report);
  if (report.problems.empty()) {
    check_certificates(settings, report);
  }
  if (!report.problems.empty()) {
    return print_report(report);
  }
  return run_server(settings, report, [](core::Server& server, const core::LogSink&) { server.reload_tls(); });
}

}  // namespace

void add_echo_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  CLI::App* const command = app.add_subcommand("echo", "Run a server that sends every text or binary message back.");
  command->footer(
      "Reads no config file and no environment. Has no limit of clients.\n\n"
      "Example:\n"
      "  sentix echo --port 9001 --workers 2 --max-message-bytes 128MiB\n");
  add_flag(*command, "host", input.flags, "The address to listen on, or unix:/path. [default 127.0.0.1]");
  add_flag(*command, "port", input.flags, "The port to listen on; 0 takes a free one. [default 8080]");
  add_flag(*command, "reuse_port", input.flags, "Start although another process listens on the port.");
  add_flag(*command, "workers", input.flags, "Threads; 0 is one for each processor. [default 0]");
  add_flag(*command, "max_message_bytes", input.flags, "A larger message closes its client with 1009. [default 64MiB]");
  add_flag(*command, "ssl_cert_path", input.flags, "Speak TLS with this certificate, a PEM file.");
  add_flag(*command, "ssl_key_path", input.flags, "The certificate's key, a PEM file.");
  add_flag(*command, "debug", input.flags, "Log what happens to each connection.");
  const CLI::Option* const no_deflate = command->add_flag("--no-deflate");
  command->get_option("--no-deflate")->description("Do not compress, whatever clients offer.");
  command->callback([&input, &chosen, no_deflate] {
    chosen = [&input, compresses = no_deflate->empty()] { return echo(input, compresses); };
  });
}

}  // namespace sentix::tools
