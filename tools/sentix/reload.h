#pragma once

#include "core/server.h"
#include "tools/sentix/load_settings.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// What SIGHUP does to a running server: reads every source of settings again, and brings what is live (setting.h) into
// force as a whole. The log says what has changed, and what of it needs a restart. Where anything is wrong, the log has
// every problem, and nothing changes but certificates, which are read again in any case.
//
// Belongs to the thread that waits for signals.
class Reload {
 public:
  // `started` is what the server was started with; `input` outlives this.
  Reload(const SettingsInput& input, const Settings& started);

  void operator()(core::Server& server, const core::LogSink& log);

 private:
  [[nodiscard]] std::string change_to(const Settings& next) const;
  [[nodiscard]] std::string restart_clause(const Settings& next) const;  // empty where none does

  const SettingsInput& input_;
  const Settings started_;
  Settings in_force_;  // of what is live
};

}  // namespace sentix::tools
