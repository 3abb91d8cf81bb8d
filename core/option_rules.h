#pragma once

#include <string>

#include "core/options.h"

namespace sentix::core {

// What options of a server must keep to together. Each throws std::invalid_argument with a sentence that names them.

// All of it. Returns them with what follows from others made so.
[[nodiscard]] Options checked(Options options);

// A channel that is durable, `name` or a pattern, can be on this server.
void require_durable(const std::string& name, const channels::ChannelOptions& options, const Options& server);

// A channel that goes on without Redis gives no offsets, which the others would give again.
void require_nothing_kept_locally(const std::string& name, const channels::ChannelOptions& options);

}  // namespace sentix::core
