#include "tools/sentix/cluster/status_table.h"

#include <doctest/doctest.h>

#include "core/cluster/status_lines.h"

using namespace sentix;

TEST_CASE("a status comes through the control socket as a table") {
  const std::vector<NodeStatus> nodes{
      {.id = "node-1", .node = {.port = 8080}, .state = NodeState::up, .admin_port = 9180, .process = 7},
      {.id = "node-10",
       .node = {.port = 8081},
       .state = NodeState::waiting,
       .admin_port = 9181,
       .restarts = 3,
       .trouble = "ended\twith\nstatus 1"}};
  const std::string lines = core::status_lines(nodes, 2);
  CHECK(tools::status_table(lines) ==
        "NODE     ADDRESS         STATE    ADMIN  PROCESS  RESTARTS  TROUBLE\n"
        "node-1   127.0.0.1:8080  up       9180   7        0\n"
        "node-10  127.0.0.1:8081  waiting  9181   0        3         ended\\twith\\nstatus 1\n"
        "a restart has 2 nodes before it\n");
  CHECK(tools::status_table("future\tthing\n") == tools::status_table(""));
}
