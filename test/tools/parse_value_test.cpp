#include "tools/sentix/parse_value.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"
#include "tools/sentix/toml_text.h"

using namespace sentix::tools;
using std::chrono::milliseconds;

namespace {

template <typename T>
std::optional<T> value_of(const Shape& shape, std::string_view text) {
  const ParsedValue parsed = parse_value(shape, text);
  CHECK(parsed.value.has_value() == parsed.expected.empty());
  return parsed.value ? std::optional(std::get<T>(*parsed.value)) : std::nullopt;
}

constexpr Shape kPort{Kind::number, 0, 65535};
constexpr Shape kChannel{.kind = Kind::choice, .choices = "stderr single daily"};

}  // namespace

TEST_CASE("a boolean has eight words, in any case") {
  for (const char* text : {"true", "1", "yes", "on", "TRUE", "Yes"}) {
    CHECK(value_of<bool>({Kind::boolean}, text) == true);
  }
  for (const char* text : {"false", "0", "no", "off", "False", "OFF"}) {
    CHECK(value_of<bool>({Kind::boolean}, text) == false);
  }
  for (const char* text : {"", "2", "t", "y", "null", "true ", "enabled"}) {
    CHECK_FALSE(value_of<bool>({Kind::boolean}, text));
  }
}

TEST_CASE("a number keeps to its range") {
  CHECK(value_of<std::uint64_t>(kPort, "0") == 0);
  CHECK(value_of<std::uint64_t>(kPort, "65535") == 65535);
  CHECK_FALSE(value_of<std::uint64_t>(kPort, "65536"));
  CHECK_FALSE(value_of<std::uint64_t>({Kind::number, 8, 9}, "7"));
  CHECK(parse_value(kPort, "x").expected == "a whole number from 0 to 65535");
}

TEST_CASE("no amount is above what its kind may have") {
  CHECK(value_of<std::uint64_t>({Kind::number}, "1000000000") == kind_max(Kind::number));
  CHECK_FALSE(value_of<std::uint64_t>({Kind::number}, "1000000001"));
  CHECK(value_of<std::uint64_t>({Kind::bytes}, "1024GiB") == kind_max(Kind::bytes));
  CHECK_FALSE(value_of<std::uint64_t>({Kind::bytes}, "1025GiB"));
  CHECK(value_of<milliseconds>({Kind::duration}, "365d") == milliseconds(kind_max(Kind::duration)));
  CHECK_FALSE(value_of<milliseconds>({Kind::duration}, "366d"));
  CHECK(parse_value({Kind::duration, 1}, "0").expected == "a duration such as 500ms, 30s or 10m, from 1ms to 365d");
}

TEST_CASE("a choice is one of its words, exactly") {
  CHECK(value_of<std::string>(kChannel, "daily") == "daily");
  for (const char* text : {"", "dail", "daily ", "Daily", "stderr single", " "}) {
    CAPTURE(text);
    CHECK_FALSE(value_of<std::string>(kChannel, text));
  }
  CHECK(parse_value(kChannel, "x").expected == "one of: stderr single daily");
}

TEST_CASE("text is anything without control characters") {
  CHECK(value_of<std::string>({Kind::text}, " a \xC3\xA4 ") == " a \xC3\xA4 ");
  CHECK(value_of<std::string>({Kind::text}, "") == "");
  CHECK_FALSE(value_of<std::string>({Kind::text, 1}, ""));
  for (const std::string_view text : {std::string_view("a\nb"), std::string_view("\0", 1), std::string_view("\x7F")}) {
    CHECK_FALSE(value_of<std::string>({Kind::text}, text));
  }
}

TEST_CASE("a list is cut at commas, and its entries are trimmed") {
  using List = std::vector<std::string>;
  CHECK(value_of<List>({Kind::list}, "a, b ,,c c,") == List{"a", "b", "c c"});
  CHECK(value_of<List>({Kind::list}, " , ") == List{});
  CHECK_FALSE(value_of<List>({Kind::list}, "a,\tb"));
}

TEST_CASE("nothing is read behind the text") {
  for (const Kind kind : {Kind::boolean, Kind::number, Kind::bytes, Kind::duration, Kind::text, Kind::list}) {
    for (const char* text : {"", "1", "tru", "true", "10m", "1MiB", "a,", ","}) {
      const sentix::test::GuardedBytes guarded(text);
      CHECK(parse_value({kind}, guarded.text()).value == parse_value({kind}, text).value);
    }
  }
}

TEST_CASE("values are written as TOML") {
  CHECK(toml_text(Kind::boolean, true) == "true");
  CHECK(toml_text(Kind::number, std::uint64_t{2048}) == "2048");
  CHECK(toml_text(Kind::bytes, std::uint64_t{2048}) == "\"2KiB\"");
  CHECK(toml_text(Kind::bytes, std::uint64_t{2047}) == "2047");
  CHECK(toml_text(Kind::duration, milliseconds(600'000)) == "\"10m\"");
  CHECK(toml_text(Kind::list, std::vector<std::string>{"a", "b\""}) == R"(["a", "b\""])");
  CHECK(toml_quoted("\\\"\n\x7F") == R"("\\\"\u000A\u007F")");
  CHECK(excerpt(std::string(61, 'x')) == "\"" + std::string(60, 'x') + "\"...");
}
