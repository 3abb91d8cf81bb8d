#include "core/public_api/default_log.h"

#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

namespace sentix {

namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};

}  // namespace

core::LogSink default_log(bool debug) {
  return [debug](const core::LogLine& entry) {
    if (entry.level < core::LogLevel::warning && !debug) {
      return;
    }
    std::string line = "sentix: ";
    line.append(kLevelNames[static_cast<std::size_t>(entry.level)]).append(": ");
    line.append(core::one_line(entry.text)).append("\n");
    // Where even standard error cannot be written to, there is nobody left to tell.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  };
}

}  // namespace sentix
