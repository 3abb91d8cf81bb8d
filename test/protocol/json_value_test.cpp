#include "protocol/json_value.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace sentix::protocol;

TEST_CASE("unsigned integers of 64 bits") {
  CHECK(json_uint64("0") == 0);
  CHECK(json_uint64("42") == 42);
  CHECK(json_uint64("18446744073709551615") == 18446744073709551615U);
  for (const std::string_view value : {"18446744073709551616", "-1", "-0", "1.0", "1e2", "1E0", "\"1\"", "null", "true",
                                       "[1]", "{}", "99999999999999999999999999"}) {
    CAPTURE(value);
    CHECK_FALSE(json_uint64(value).has_value());
  }
}

TEST_CASE("the text of a string of any length") {
  CHECK(json_text(R"("")") == "");
  CHECK(json_text(R"("a\u00e9\n\"")") == "a\u00e9\n\"");
  CHECK(json_text('"' + std::string(100'000, 'x') + '"')->size() == 100'000);
  for (const std::string_view value : {"", "7", "null", "true", "[\"a\"]", "{\"a\":1}"}) {
    CAPTURE(value);
    CHECK_FALSE(json_text(value).has_value());
  }
}

TEST_CASE("the elements of an array, as they are written") {
  using Elements = std::vector<std::string_view>;
  CHECK(json_elements("[]") == Elements{});
  CHECK(json_elements("[ ]") == Elements{});
  CHECK(json_elements(R"([ 1.0 ,"a,]" , [2, 3],{"x" : [ ]}])") ==
        Elements{"1.0", R"("a,]")", "[2, 3]", R"({"x" : [ ]})"});
  for (const std::string_view value : {"", "7", "null", "\"[]\"", "{\"a\":[]}"}) {
    CAPTURE(value);
    CHECK_FALSE(json_elements(value).has_value());
  }
}

TEST_CASE("integers of 64 bits, signed or unsigned") {
  for (const std::string_view value :
       {"0", "-0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615"}) {
    CAPTURE(value);
    CHECK(is_json_integer64(value));
  }
  for (const std::string_view value : {"-9223372036854775809", "18446744073709551616", "0.0", "1e0", "\"1\"", "null"}) {
    CAPTURE(value);
    CHECK_FALSE(is_json_integer64(value));
  }
}

TEST_CASE("booleans") {
  CHECK(json_boolean("true") == true);
  CHECK(json_boolean("false") == false);
  for (const std::string_view value : {"null", "1", "\"true\"", "[]", "{}"})
    CHECK_FALSE(json_boolean(value).has_value());
}

TEST_CASE("a string without escapes borrows from the value") {
  std::string scratch;
  const std::string_view value = R"("text")";
  const auto text = json_string(value, 4, scratch);
  REQUIRE(text.has_value());
  CHECK(*text == "text");
  CHECK(text->data() == value.data() + 1);
  CHECK(scratch.empty());
  CHECK_FALSE(json_string(value, 3, scratch).has_value());
  CHECK(json_string(R"("")", 0, scratch) == "");
  for (const std::string_view other : {"1", "null", "{}", "[\"a\"]", "true"}) {
    CHECK_FALSE(json_string(other, 100, scratch).has_value());
  }
}

TEST_CASE("strings with escapes are put into the scratch one behind the other") {
  std::string scratch;
  scratch.reserve(64);
  const auto first = json_string(R"("a\/b")", 3, scratch);
  const auto second = json_string(R"("\u0063\n")", 2, scratch);
  CHECK(first == "a/b");
  CHECK(second == "c\n");
  CHECK(first->data() == scratch.data());
  CHECK(second->data() == scratch.data() + 3);
}

TEST_CASE("the limit of a string counts what it says, not how it was written") {
  std::string scratch;
  scratch.reserve(64);
  CHECK(json_string(R"("\u0061\u0062")", 2, scratch) == "ab");
  CHECK_FALSE(json_string(R"("\u0061\u0062")", 1, scratch).has_value());
  CHECK_FALSE(json_string(R"("a\/b")", 2, scratch).has_value());
}
