#include "core/arguments.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace sentix;

TEST_CASE("JSON that is wrong is refused with what and where") {
  CHECK_NOTHROW(core::require_json(R"( {"a":[1.50,"é"]} )"));
  CHECK_THROWS_WITH_AS(core::require_json("[1,]"), doctest::Contains("at byte 3"), std::invalid_argument);
  CHECK_THROWS_AS(core::require_json(""), std::invalid_argument);
  CHECK_THROWS_AS(core::require_json("1 2"), std::invalid_argument);
  CHECK_THROWS_AS(core::require_json("\"\xC3\""), std::invalid_argument);
}

TEST_CASE("names of channels, and patterns of them") {
  for (const std::string& name : {std::string("a"), std::string("team/red@home#1"), std::string(200, 'x')}) {
    CHECK_NOTHROW(core::require_channel_name(name));
    CHECK_NOTHROW(core::require_channel_name_or_pattern(name));
  }
  for (const char* pattern : {"*", "news-*", "*a*"}) {
    CHECK_THROWS_AS(core::require_channel_name(pattern), std::invalid_argument);
    CHECK_NOTHROW(core::require_channel_name_or_pattern(pattern));
  }
  for (const std::string& text : {std::string(), std::string("a b"), std::string("é"), std::string(201, 'x')}) {
    CHECK_THROWS_AS(core::require_channel_name(text), std::invalid_argument);
    CHECK_THROWS_AS(core::require_channel_name_or_pattern(text), std::invalid_argument);
  }
}

TEST_CASE("a close frame carries some codes, and text") {
  for (const unsigned code : {1000U, 1001U, 1003U, 1007U, 1014U, 3000U, 4999U}) {
    CHECK(static_cast<unsigned>(core::require_close(static_cast<std::uint16_t>(code), "why")) == code);
  }
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U}) {
    CHECK_THROWS_AS(core::require_close(static_cast<std::uint16_t>(code), ""), std::invalid_argument);
  }
  CHECK_THROWS_AS(core::require_close(1000, "\xFF"), std::invalid_argument);
}
