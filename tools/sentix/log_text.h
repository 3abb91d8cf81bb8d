#pragma once

#include <string>

#include "core/log.h"

namespace sentix::tools {

// What is written of a line beside its time and level, which its pattern (log.cpp) puts around it. Neither can be
// broken by what a stranger's name holds (core::one_line).
[[nodiscard]] std::string plain_text(const core::LogLine& line);

// The inside of a JSON object: `"message":"…","reason":"no_pong","connection":"c01…","code":4201`. Fields have their
// own names, numbers are numbers; `reason` is there where the line has one.
[[nodiscard]] std::string json_members(const core::LogLine& line);

}  // namespace sentix::tools
