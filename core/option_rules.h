#pragma once

#include <string>

#include "core/options.h"

namespace sentix::core {

// What options of a server must keep to together. Each throws std::invalid_argument with a sentence that names them.

// All of it. Returns them with what follows from others made so.
[[nodiscard]] Options checked(Options options);

// A channel that is stored, `name` or a pattern, can be.
void require_durable(const std::string& name, const channels::ChannelOptions& options, const std::string& data_dir);

}  // namespace sentix::core
