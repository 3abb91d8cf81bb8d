#pragma once

#include <string>

namespace sentix::tools {

// Says one command to the cluster manager that listens at `path` (core/cluster/control_socket.h), and returns what it
// answers behind its "ok". std::runtime_error with a sentence where nobody listens, or the answer is an error; what a
// manager does not answer within ten seconds, it does not answer.
[[nodiscard]] std::string ask_manager(const std::string& path, const std::string& command);

}  // namespace sentix::tools
