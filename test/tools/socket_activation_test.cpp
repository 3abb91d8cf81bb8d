#include "tools/sentix/socket_activation.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

using namespace sentix::tools;

// That the sockets are served is for test/e2e/server/test_restart.py: descriptor 3 of this process is not ours to take.
TEST_CASE("sockets for another process are not taken, and neither are none") {
  CHECK(activated_sockets({}).empty());
  CHECK(activated_sockets({{"LISTEN_FDS", "1"}}).empty());
  CHECK(activated_sockets({{"LISTEN_PID", "1"}, {"LISTEN_FDS", "1"}}).empty());
}

TEST_CASE("what is no count is said of its variable") {
  for (const std::string text : {"", "0", "-1", "2x", "1000000"}) {
    const Environment environment = {{"LISTEN_PID", std::to_string(::getpid())}, {"LISTEN_FDS", text}};
    CHECK_THROWS_WITH_AS((void)activated_sockets(environment), doctest::Contains("LISTEN_FDS"), std::runtime_error);
  }
}
