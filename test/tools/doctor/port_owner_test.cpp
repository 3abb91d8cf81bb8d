#include "tools/sentix/doctor/port_owner.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using sentix::tools::listening_inodes;

TEST_CASE("who listens is found by the port, and connections are passed over") {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100\n"
      "   1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100\n"
      "   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 20\n"
      "   3: 00000000000000000000000000000000:1F90 00000000:0000 0A 0:0 00:0 0     0        0 4714 1 0 100\n";
  CHECK(listening_inodes(table, 8080) == std::vector<std::string>{"4711", "4714"});
  CHECK(listening_inodes(table, 8081) == std::vector<std::string>{"4712"});
  CHECK(listening_inodes(table, 1).empty());
  for (std::size_t cut = 0; cut < table.size(); ++cut) {
    CHECK(listening_inodes(table.substr(0, cut), 8080).size() <= 2);
  }
}
