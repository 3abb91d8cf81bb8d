#include "core/admin/json_body.h"

#include <doctest/doctest.h>

#include <array>

using sentix::core::JsonBody;

namespace {

constexpr std::array<std::string_view, 2> kNames{"a", "b"};

std::string problem(std::string_view text) {
  JsonBody body(kNames);
  return body.read(text);
}

}  // namespace

TEST_CASE("known members are found, as written and as texts") {
  JsonBody body(kNames);
  const std::string text = R"( {"x":[1,{"a":2}], "b" : 1.50 ,"a":"\u0041\n"} )";
  REQUIRE(body.read(text).empty());
  CHECK(body.value(0) == R"("\u0041\n")");
  CHECK(body.text(0) == "A\n");
  CHECK(body.value(1) == "1.50");
  CHECK(body.text(1) == std::nullopt);
}

TEST_CASE("what is missing is empty") {
  JsonBody body(kNames);
  REQUIRE(body.read("{}").empty());
  CHECK(body.value(0).empty());
  CHECK(body.text(0) == std::nullopt);
}

TEST_CASE("what is wrong is said") {
  CHECK(problem("") == "The body is not valid JSON: at byte 0, the text ends too early.");
  CHECK(problem("{\"a\":1").starts_with("The body is not valid JSON: at byte 6, "));
  CHECK(problem("{\"a\":\"\xFF\"}").starts_with("The body is not valid JSON: "));
  CHECK(problem("[]") == "This must be one JSON object.");
  CHECK(problem(R"({"a":1,"a":1})") == "\"a\" must occur only once.");
  CHECK(problem(R"({"\u0062":1})") == "\"b\" must be written without escapes.");
  CHECK(problem(R"({"x":1,"x":2})").empty());
}
