#include "tools/sentix/cluster/status_table.h"

#include <doctest/doctest.h>

#include "core/cluster/status_lines.h"

using namespace sentix;

TEST_CASE("a status comes through the control socket as a table") {
  std::vector<NodeStatus> nodes(2);
  nodes[0] = {.id = "node-1", .state = NodeState::up, .admin_port = 9180, .process = 7};
  nodes[0].node.port = 8080;
  nodes[1] = {.id = "node-10", .state = NodeState::waiting, .admin_port = 9181, .restarts = 3};
  nodes[1].node.port = 8081;
  nodes[1].trouble = "ended\twith\nstatus 1";
  const std::string lines = core::status_lines(nodes, 2);
  CHECK(tools::status_table(lines) ==
        "NODE     ADDRESS         STATE    ADMIN  PROCESS  RESTARTS  TROUBLE\n"
        "node-1   127.0.0.1:8080  up       9180   7        0\n"
        "node-10  127.0.0.1:8081  waiting  9181   0        3         ended\\twith\\nstatus 1\n"
        "a restart has 2 nodes before it\n");
  CHECK(tools::status_table("future\tthing\n") == tools::status_table(""));
}
