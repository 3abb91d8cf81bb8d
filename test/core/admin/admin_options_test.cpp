#include "core/admin/admin_options.h"

#include <doctest/doctest.h>

using sentix::core::parse_admin_address;

TEST_CASE("the address of the admin listener is HOST:PORT") {
  struct Row {
    const char* text;
    const char* host;  // null: it is none
    int port;
  };
  const Row rows[] = {
      {"127.0.0.1:9180", "127.0.0.1", 9180},
      {"localhost:0", "localhost", 0},
      {"[::1]:65535", "::1", 65535},
      {"", nullptr, 0},
      {":9180", nullptr, 0},
      {"9180", nullptr, 0},
      {"127.0.0.1", nullptr, 0},
      {"127.0.0.1:", nullptr, 0},
      {"127.0.0.1:65536", nullptr, 0},
      {"127.0.0.1:+80", nullptr, 0},
      {"127.0.0.1:080", nullptr, 0},
      {"::1:9180", nullptr, 0},  // where does the address end?
      {"[127.0.0.1]:80", nullptr, 0},
      {"unix:/run/admin.sock", nullptr, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto address = parse_admin_address(row.text);
    REQUIRE(address.has_value() == (row.host != nullptr));
    if (address) {
      CHECK(address->host == row.host);
      CHECK(address->port == row.port);
    }
  }
}
