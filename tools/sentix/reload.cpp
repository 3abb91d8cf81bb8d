#include "tools/sentix/reload.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "tools/sentix/check_files.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/settings_difference.h"
#include "tools/sentix/settings_json.h"

namespace sentix::tools {

namespace {

constexpr const char* kRefused = "the new configuration is refused, the old one stays in force: ";
// What a reload does not change, though it is live for whatever begins afterwards (ChannelRules::define).
constexpr const char* kChannelsKeep =
    " (a channel that is there keeps its history, durability, presence and max_clients for as long as it is)";

// The keys of those differences that are live, or of those that are not.
std::string differing(const Settings& a, const Settings& b, bool live) {
  std::string keys;
  for (const std::string& key : settings_difference(a, b)) {
    if (is_live(key, a, b) == live) {
      keys += (keys.empty() ? "" : ", ") + key + (key == "channels" ? kChannelsKeep : "");
    }
  }
  return keys;
}

}  // namespace

Reload::Reload(const SettingsInput& input, const Settings& started)
    : input_(input), started_(started), in_force_(started) {}

void Reload::operator()(core::Server& server, const core::LogSink& log) {
  LoadedSettings again = load_settings(input_);
  check_files(again);
  Report& report = again.report;
  for (const Problem& problem : report.problems) {
    log(core::LogLevel::error, kRefused + to_string(problem));
  }
  if (!report.problems.empty()) {
    server.reload_tls();
    return;
  }
  try {
    core::Options options = server_options(again.settings, log);
    options.settings_in_force = settings_json(again.settings, started_);
    server.reload(std::move(options));
  } catch (const std::exception& error) {
    log(core::LogLevel::error, kRefused + std::string(error.what()) + restart_clause(again.settings));
    return;
  }
  log_warnings(again.settings, report, log);
  log(core::LogLevel::info, change_to(again.settings));
  in_force_ = std::move(again.settings);
}

std::string Reload::change_to(const Settings& next) const {
  const std::string live = differing(in_force_, next, true);
  const std::string fixed = restart_clause(next);
  if (live.empty() && fixed.empty()) {
    return "the configuration has not changed";
  }
  return "the configuration has changed" + (live.empty() ? "" : "; in force now: " + live) + fixed;
}

std::string Reload::restart_clause(const Settings& next) const {
  const std::string fixed = differing(started_, next, false);
  return fixed.empty() ? "" : "; these settings need a restart: " + fixed;
}

}  // namespace sentix::tools
