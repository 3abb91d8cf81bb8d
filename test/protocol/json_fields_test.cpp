#include "protocol/json_fields.h"

#include <doctest/doctest.h>

#include <array>

using namespace sentix::protocol;

namespace {

constexpr std::array<std::string_view, 3> kNames = {"a", "bb", "c"};

}  // namespace

TEST_CASE("known fields are found in any order, others are left out") {
  JsonFields fields(kNames);
  REQUIRE_FALSE(fields.read(R"({"x":1,"c": [1, 2] ,"b":2,"A":3,"x":4,"a":null})"));
  CHECK(fields.value(0) == "null");
  CHECK(fields.value(1).empty());
  CHECK(fields.value(2) == "[1, 2]");
  CHECK(fields.repeated() == 0);
  CHECK(fields.escaped() == 0);
}

TEST_CASE("a known field that is repeated is told, and its first value kept") {
  JsonFields fields(kNames);
  REQUIRE_FALSE(fields.read(R"({"bb":1,"bb":2,"c":3,"bb":4})"));
  CHECK(fields.repeated() == 0b010);
  CHECK(fields.value(1) == "1");
}

TEST_CASE("a known key that is written with escapes is told, and has no value") {
  JsonFields fields(kNames);
  REQUIRE_FALSE(fields.read(R"({"\u0061":1,"b\u0062":2,"\u0062":3,"\n":4,"c":5})"));
  CHECK(fields.escaped() == 0b011);
  CHECK(fields.value(0).empty());
  CHECK(fields.value(2) == "5");
}

TEST_CASE("the whole text is checked") {
  for (const std::string_view text : {R"({"a":1)", R"({"a":1,"x":[1 2]})", R"({"a":1}})", R"([{"a":1}])"}) {
    JsonFields fields(kNames);
    CHECK(fields.read(text));
  }
}
