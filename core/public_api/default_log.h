#pragma once

#include "core/log.h"

namespace sentix {

// Where lines go that the application does not take itself: to standard error, warnings and errors only unless `debug`.
// Each line is one write, so that lines of several threads do not mix.
[[nodiscard]] core::LogSink default_log(bool debug);

}  // namespace sentix
