#include "tools/sentix/run_server.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <utility>
#include <vector>

#include "core/server.h"
#include "tools/sentix/descriptor_limit.h"
#include "tools/sentix/environment.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/service_notifier.h"
#include "tools/sentix/signals.h"
#include "tools/sentix/succession.h"

namespace sentix::tools {

namespace {

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

// For a watchdog: whether every loop has turned since it was asked last. A server that ends does so in bounded time.
std::function<bool()> all_loops_turn(const core::Server& server) {
  return [&server, before = server.turns()]() mutable {
    const std::vector<std::uint64_t> turns = server.turns();
    const bool all = std::equal(turns.begin(), turns.end(), before.begin(), std::not_equal_to<>());
    before = turns;
    return all || server.draining();
  };
}

}  // namespace

void log_warnings(const Settings& settings, const Report& report, const core::LogSink& log) {
  for (const Problem& warning : report.warnings) {
    log(core::LogLevel::warning, to_string(warning));
  }
  if (const auto warning = descriptor_warning(settings.server.max_clients, raise_descriptor_limit())) {
    log(core::LogLevel::warning, to_string(Problem{source_of(settings, "max_clients"), *warning}));
  }
}

int run_server(const Settings& settings, const Report& report,
               const std::function<void(core::Server&, const core::LogSink&)>& on_hangup) {
  const ServiceNotifier manager(process_environment());
  Log log(settings);
  const core::LogSink sink = log.sink();
  log_warnings(settings, report, sink);
  core::Options options = server_options(settings, sink);
  const bool has_page = !options.page.empty();
  core::Server server(std::move(options));
  const auto stop = [&] {
    manager.stopping();
    server.stop();
  };
  std::atomic<bool> listening = false;
  const auto hang_up = [&] {
    if (listening) manager.reloading();
    if (const std::string error = log.reopen(); !error.empty()) {
      sink(core::LogLevel::error, error);
    }
    on_hangup(server, sink);
    if (listening) manager.ready("the configuration was read again");
  };
  const SignalThread signals(stop, hang_up);
  const Watchdog watchdog(manager, all_loops_turn(server));
  try {
    Succession succession(settings.handover);
    succession.pass_to(server);
    server.run([&](const std::string& url) {
      print_urls(url, has_page);
      sink(core::LogLevel::info, "listening on " + url);
      succession.accepting(server, sink);
      manager.ready("listening on " + url);
      listening = true;
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
