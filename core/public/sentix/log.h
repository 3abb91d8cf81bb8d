#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sentix {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// Takes one finished line, without its end; the line is borrowed for the call. Every worker's thread calls it, so it is
// thread-safe, and it neither blocks nor throws. Lines never hold secrets, query strings or what clients send.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace sentix
