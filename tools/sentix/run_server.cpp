#include "tools/sentix/run_server.h"

#include <exception>
#include <iostream>
#include <utility>

#include "core/server.h"
#include "tools/sentix/descriptor_limit.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/signals.h"

namespace sentix::tools {

namespace {

void log_warnings(const Settings& settings, const Report& report, const core::LogSink& log) {
  for (const Problem& warning : report.warnings) {
    log(core::LogLevel::warning, to_string(warning));
  }
  if (const auto warning = descriptor_warning(settings.server.max_clients, raise_descriptor_limit())) {
    log(core::LogLevel::warning, to_string(Problem{source_of(settings, "max_clients"), *warning}));
  }
}

// Whoever starts the server waits for the first line, to know that clients may come and where to; so both are flushed.
void print_urls(const std::string& url, bool has_page) {
  constexpr std::string_view kScheme = "ws";  // or wss, and then https
  std::cout << "listening on " << url << '\n' << std::flush;
  if (has_page && url.starts_with(kScheme)) {
    std::cout << "chat page at http" << url.substr(kScheme.size()) << "/\n" << std::flush;
  }
}

// Whoever called prints the error on standard error; the log hears of it where it goes elsewhere.
bool logs_elsewhere(const Settings& settings) {
  return settings.log_channel != "stderr" || !settings.error_log.empty();
}

}  // namespace

int run_server(const Settings& settings, const Report& report,
               const std::function<void(core::Server&, const core::LogSink&)>& on_hangup) {
  Log log(settings);
  const core::LogSink sink = log.sink();
  log_warnings(settings, report, sink);
  core::Options options = server_options(settings, sink);
  const bool has_page = !options.page.empty();
  core::Server server(std::move(options));
  const auto hang_up = [&] {
    if (const std::string error = log.reopen(); !error.empty()) {
      sink(core::LogLevel::error, error);
    }
    on_hangup(server, sink);
  };
  const SignalThread signals([&] { server.stop(); }, hang_up);
  try {
    server.run([&](const std::string& url) {
      print_urls(url, has_page);
      sink(core::LogLevel::info, "listening on " + url);
    });
  } catch (const std::exception& error) {
    if (logs_elsewhere(settings)) {
      sink(core::LogLevel::error, error.what());
    }
    throw;
  }
  sink(core::LogLevel::info, "stopped");
  return 0;
}

int print_report(const Report& report) {
  for (const Problem& warning : report.warnings) {
    std::cerr << "sentix: warning: " << to_string(warning) << '\n';
  }
  for (const Problem& problem : report.problems) {
    std::cerr << "sentix: " << to_string(problem) << '\n';
  }
  return report.problems.empty() ? 0 : 1;
}

}  // namespace sentix::tools
