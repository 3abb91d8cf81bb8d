#pragma once

#include <memory>
#include <string>

#include "core/log.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// The log of the process: the channel and the error log that the settings ask for.
//
// Whoever logs never waits for a disk, a terminal or syslog: lines go through a queue of bounded length, whose oldest
// are lost when whoever writes them does not keep up, and one thread writes them. A write that fails, on a full disk
// for example, costs that line and a note on standard error. The thread takes the signals that are not blocked where
// the log is made.
class Log {
 public:
  // Opens what there is to open, or throws std::runtime_error with a sentence that names the setting.
  explicit Log(const Settings& settings);
  // Writes what is queued. Does not wait for a standard error that takes nothing.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Thread-safe, does not block. Not to be used after ~Log().
  [[nodiscard]] core::LogSink sink() const;

  // Opens the files anew. Thread-safe. Returns what went wrong, or nothing; then the old file stays in use.
  std::string reopen();

 private:
  struct Outputs;
  std::unique_ptr<Outputs> outputs_;
};

}  // namespace sentix::tools
