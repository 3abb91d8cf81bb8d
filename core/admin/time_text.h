#pragma once

#include <chrono>
#include <string>

namespace sentix::core {

// A time as RFC 3339 has it, in UTC with milliseconds: "2026-11-26T04:10:55.123Z".
[[nodiscard]] std::string time_text(std::chrono::system_clock::time_point at);

}  // namespace sentix::core
