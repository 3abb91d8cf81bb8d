#include "channels/session_id.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::channels {
namespace {

TEST_CASE("a session's id is written as c and sixteen digits, and read back") {
  CHECK(to_text(SessionId{1}) == "c0000000000000001");
  CHECK(to_text(SessionId{0x0123456789abcdef}) == "c0123456789abcdef");
  CHECK(to_text(SessionId{~std::uint64_t{0}}) == "cffffffffffffffff");
  for (std::uint64_t bit = 1; bit != 0; bit <<= 1) {
    CHECK(parse_session_id(to_text(SessionId{bit})) == SessionId{bit});
    CHECK(parse_session_id(to_text(SessionId{~bit})) == SessionId{~bit});
  }
}

TEST_CASE("anything else is no id") {
  for (const std::string_view text :
       {"", "c", "c000000000000001", "c00000000000000001", "0000000000000001", "C0000000000000001", "c000000000000000g",
        "c000000000000000F", "c-000000000000001", "c0000000000000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_session_id(text));
  }
}

TEST_CASE("reading an id reads nothing behind it") {
  const std::string whole = to_text(SessionId{0xABC});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const sentix::test::GuardedBytes guarded(std::string_view(whole).substr(0, size));
    CHECK(parse_session_id(guarded.text()).has_value() == (size == whole.size()));
  }
}

}  // namespace
}  // namespace sentix::channels
