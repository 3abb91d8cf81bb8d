#include "core/cluster/status_lines.h"

#include "core/log.h"

namespace sentix::core {

std::string status_lines(const std::vector<NodeStatus>& nodes, std::size_t left_to_restart) {
  std::string lines;
  for (const NodeStatus& one : nodes) {
    lines += "node\t" + one.id + '\t' + to_text(one.node) + '\t' + std::string(to_text(one.state)) + '\t' +
             std::to_string(one.admin_port) + '\t' + std::to_string(one.process) + '\t' + std::to_string(one.restarts) +
             '\t' + one_line(one.trouble) + '\n';
  }
  return lines + (left_to_restart == 0 ? "" : "restarting\t" + std::to_string(left_to_restart) + '\n');
}

}  // namespace sentix::core
