#include "core/redis/sentinel_watch.h"

#include <doctest/doctest.h>

#include <span>
#include <string>

#include "test/support/guard_page.h"

using namespace sentix;
using core::MasterSwitch;

namespace {

std::optional<MasterSwitch> parse(std::string_view payload) {
  const test::GuardedBytes guarded(std::as_bytes(std::span(payload)));
  return core::parse_master_switch({reinterpret_cast<const char*>(guarded.span().data()), guarded.span().size()},
                                   "main");
}

}  // namespace

TEST_CASE("a failover is read as Sentinels publish it, and nothing else") {
  CHECK(parse("main 10.0.0.1 6379 10.0.0.2 6380") == MasterSwitch{{"10.0.0.1", 6379}, {"10.0.0.2", 6380}});
  CHECK(parse("main ::1 6379 redis-2.example 65535") == MasterSwitch{{"::1", 6379}, {"redis-2.example", 65535}});
  for (const char* wrong : {
           "",
           "main",
           "other 10.0.0.1 6379 10.0.0.2 6380",
           "mai 10.0.0.1 6379 10.0.0.2 6380",
           "main  10.0.0.1 6379 10.0.0.2 6380",
           "main 10.0.0.1 6379 10.0.0.2 6380 ",
           "main 10.0.0.1 6379 10.0.0.2 6380 1",
           "main 10.0.0.1 0 10.0.0.2 6380",
           "main 10.0.0.1 65536 10.0.0.2 6380",
           "main 10.0.0.1 6379 10.0.0.2 -1",
           "main 10.0.0.1 6379  6380",
       }) {
    CAPTURE(wrong);
    CHECK_FALSE(parse(wrong));
  }
}

TEST_CASE("a failover that is cut off is none, unless it is in its last number") {
  const std::string whole = "main 10.0.0.1 6379 10.0.0.2 6380";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    CAPTURE(cut);
    const bool in_number = cut > whole.rfind(' ') + 1;
    CHECK(parse(std::string_view(whole).substr(0, cut)).has_value() == in_number);
  }
}
