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
  return [debug](core::LogLevel level, std::string_view text) {
    if (level < core::LogLevel::warning && !debug) {
      return;
    }
    std::string line = "sentix: ";
    line.append(kLevelNames[static_cast<std::size_t>(level)]).append(": ").append(text).append("\n");
    // Where even standard error cannot be written to, there is nobody left to tell.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  };
}

}  // namespace sentix
