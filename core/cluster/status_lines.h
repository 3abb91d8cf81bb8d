#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sentix/cluster_manager.h"

namespace sentix::core {

// What a control socket answers to "status", behind its first line. A line for each node, of fields apart by tabs:
// "node", id, address, state, admin port, process, restarts, trouble; and where a rolling restart is under way
// "restarting" and how many nodes it has before it.
[[nodiscard]] std::string status_lines(const std::vector<NodeStatus>& nodes, std::size_t left_to_restart);

}  // namespace sentix::core
