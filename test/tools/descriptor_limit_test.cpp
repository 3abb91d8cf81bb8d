#include "tools/sentix/descriptor_limit.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace sentix::tools;

TEST_CASE("the limit is raised to the hard one") {
  const std::size_t limit = raise_descriptor_limit();
  rlimit now{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &now) == 0);
  CHECK(limit == now.rlim_cur);
  CHECK(now.rlim_cur == now.rlim_max);
}

TEST_CASE("clients that do not fit are warned about with both figures") {
  CHECK_FALSE(descriptor_warning(0, 1024));
  CHECK_FALSE(descriptor_warning(960, 1024));
  const auto warning = descriptor_warning(961, 1024);
  REQUIRE(warning);
  CHECK(warning->find("961") != std::string::npos);
  CHECK(warning->find("1024") != std::string::npos);
  CHECK(descriptor_warning(1, 10));
}
