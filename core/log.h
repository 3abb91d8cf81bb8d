#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sentix::core {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// Takes one finished line, without its end. Called from every worker's thread, so it is thread-safe, and it does not
// block. Never given a secret, a query string or a payload.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace sentix::core
