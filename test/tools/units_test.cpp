#include "tools/sentix/units.h"

#include <doctest/doctest.h>

#include <limits>

#include "test/support/guard_page.h"

using namespace sentix::tools;

TEST_CASE("amounts are read with every unit") {
  CHECK(parse_number("0") == 0);
  CHECK(parse_number("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_bytes("17") == 17);
  CHECK(parse_bytes("17B") == 17);
  CHECK(parse_bytes("2KiB") == 2048);
  CHECK(parse_bytes("1MiB") == 1 << 20);
  CHECK(parse_bytes("3GiB") == 3ull << 30);
  CHECK(parse_milliseconds("30") == 30'000);
  CHECK(parse_milliseconds("500ms") == 500);
  CHECK(parse_milliseconds("30s") == 30'000);
  CHECK(parse_milliseconds("10m") == 600'000);
  CHECK(parse_milliseconds("1h") == 3'600'000);
  CHECK(parse_milliseconds("2d") == 172'800'000);
}

TEST_CASE("what is no amount is nothing") {
  for (const char* text : {"", " 1", "1 ", "-1", "+1", "1.5", "0x10", "1e3", "ten", "1 s", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text));
    CHECK_FALSE(parse_bytes(text));
    CHECK_FALSE(parse_milliseconds(text));
  }
  for (const char* text : {"1kb", "1mib", "MiB", "1KiBs", "18446744073709551615KiB"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bytes(text));
  }
  for (const char* text : {"1S", "1min", "s", "1sm", "18446744073709551615s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_milliseconds(text));
  }
  CHECK_FALSE(parse_number("1s"));
}

TEST_CASE("amounts are written in the largest unit that leaves them whole") {
  CHECK(bytes_text(0) == "0");
  CHECK(bytes_text(1000) == "1000");
  CHECK(bytes_text(1024) == "1KiB");
  CHECK(bytes_text(1536) == "1536");
  CHECK(bytes_text(16 << 20) == "16MiB");
  CHECK(milliseconds_text(0) == "0s");
  CHECK(milliseconds_text(1500) == "1500ms");
  CHECK(milliseconds_text(90'000) == "90s");
  CHECK(milliseconds_text(86'400'000) == "1d");
}

TEST_CASE("reading what was written gives the amount") {
  for (std::uint64_t amount = 0; amount < 1ull << 50; amount = amount * 3 + 1) {
    CHECK(parse_bytes(bytes_text(amount)) == amount);
    CHECK(parse_milliseconds(milliseconds_text(amount)) == amount);
  }
}

TEST_CASE("nothing is read behind the text") {
  for (const char* text : {"1", "12", "12M", "12Mi", "500m", "500"}) {
    const sentix::test::GuardedBytes guarded(text);
    CHECK(parse_number(guarded.text()) == parse_number(text));
    CHECK(parse_bytes(guarded.text()) == parse_bytes(text));
    CHECK(parse_milliseconds(guarded.text()) == parse_milliseconds(text));
  }
}
