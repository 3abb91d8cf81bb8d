#include "tools/sentix/log_text.h"

#include <doctest/doctest.h>

#include <array>

#include "protocol/json_syntax.h"

using namespace sentix::tools;
using sentix::core::LogField;

TEST_CASE("a plain line is its text, on one line") {
  CHECK(plain_text({.text = "x has ended", .reason = "lost"}) == "x has ended");
  CHECK(plain_text({.text = "user a\nb\x1b[1m"}) == "user a\\nb\\x1b[1m");
}

TEST_CASE("the members of a JSON line: message, reason where there is one, and the fields in order") {
  const std::array<LogField, 3> fields{{{"connection", "c01"}, {"code", std::uint64_t{4201}}, {"user", "\"ann\"\n"}}};
  CHECK(json_members({.text = "listening"}) == R"("message":"listening")");
  CHECK(json_members({.text = "c01 has ended", .reason = "no_pong", .fields = fields}) ==
        R"("message":"c01 has ended","reason":"no_pong","connection":"c01","code":4201,"user":"\"ann\"\\n")");
}
