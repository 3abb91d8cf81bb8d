#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>

#include "tools/load/command_line.h"
#include "tools/load/report.h"
#include "tools/load/run.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/descriptor_limit.h"

namespace {

using namespace sentix::load;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

void write_file(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::cout << text;
    return;
  }
  std::ofstream file(path, std::ios::binary);
  if (!(file << text).flush()) {
    throw std::runtime_error(path + ": cannot be written");
  }
}

// Each connection needs a descriptor, and each thread a few.
void check_descriptors(const Options& options) {
  const std::size_t limit = sentix::tools::raise_descriptor_limit();
  const bool rooms = options.scenario == ScenarioKind::fanout || options.scenario == ScenarioKind::slow;
  const std::size_t connections = rooms ? options.rooms * (options.subscribers + 1) : options.connections;
  const std::size_t needed = connections + 16 + 8 * options.threads;
  if (needed > limit) {
    throw std::runtime_error(std::to_string(connections) + " connections need " + std::to_string(needed) +
                             " descriptors, and this process may have " + std::to_string(limit) +
                             ": raise the limit (ulimit -n), or use several processes");
  }
}

// SIGINT and SIGTERM are waited for by the run; a peer that is gone is told by the errno of a write.
void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int measure(const Options& options) {
  check_descriptors(options);
  if (options.server_pid != 0 && !usage_of(options.server_pid)) {
    throw std::runtime_error("--pid: there is no process " + std::to_string(options.server_pid));
  }
  const Outcome outcome = run(options);
  if (options.json_file != "-") {
    std::cout << text_report(outcome);
  }
  if (!options.json_file.empty()) {
    write_file(options.json_file, json_report(outcome));
  }
  if (!options.plot_file.empty()) {
    const bool page = options.plot_file.ends_with(".html");
    write_file(options.plot_file, page ? html_report(outcome) : svg_report(outcome));
  }
  return outcome.failures.empty() ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  block_signals();
  CLI::App app("sentix-load, a load generator for WebSocket servers", "sentix-load");
  app.set_version_flag("--version", "sentix-load " SENTIX_VERSION);
  app.get_formatter()->column_width(30);
  app.require_subcommand(0, 1);
  app.footer(
      "Every scenario runs for --duration and tells how many messages went through, how long they took, and, with "
      "--pid, what that cost the server. `sentix-load SCENARIO --help` explains its flags. Exits with 1 where an "
      "answer was "
      "wrong or a connection was lost.");
  CommandLine command_line(app);
  try {
    app.parse(argc, argv);
    if (const auto options = command_line.options()) {
      return measure(*options);
    }
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return app.exit(error);
    }
    std::cerr << "sentix-load: " << sentix::tools::usage_error(app, error) << "\nTry --help.\n";
  } catch (const std::invalid_argument& error) {
    std::cerr << "sentix-load: " << error.what() << "\nTry --help.\n";
  } catch (const std::exception& error) {
    std::cerr << "sentix-load: " << error.what() << '\n';
    return kFailed;
  }
  return kWrongUsage;
}
