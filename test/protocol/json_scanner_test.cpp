#include "protocol/json_scanner.h"

#include <doctest/doctest.h>

#include <string>

using namespace sentix::protocol;

// What is valid at all is told by json_syntax_test.cpp; here is how the steps leave the scanner.

TEST_CASE("a step skips white space before it, and stands right behind what it took") {
  const std::string_view text = "  [1, 2] \t\"key\"  : 10  ";
  JsonScanner scanner(text);
  REQUIRE(scanner.value(0));
  CHECK(scanner.position() == text.data() + 8);
  std::string_view body;
  REQUIRE(scanner.string(body));
  CHECK(body == "key");
  CHECK_FALSE(scanner.take(','));
  CHECK(scanner.take(':'));
  CHECK(scanner.next() == text.data() + 19);
  REQUIRE(scanner.value(0));
  CHECK(scanner.position() == text.data() + 21);
  CHECK(scanner.end_of_text());
  CHECK_FALSE(scanner.error());
}

TEST_CASE("the depth around a value counts") {
  const std::string_view text = "[[]]";
  CHECK(JsonScanner(text).value(kJsonDepthMax - 2));
  JsonScanner scanner(text);
  CHECK_FALSE(scanner.value(kJsonDepthMax - 1));
  CHECK(scanner.error() == JsonError{JsonFault::too_deep, 1});
  CHECK(JsonScanner("1").value(kJsonDepthMax));
}

TEST_CASE("expecting what does not come is an error") {
  JsonScanner scanner("a");
  CHECK_FALSE(scanner.take('b'));
  CHECK_FALSE(scanner.error());
  CHECK_FALSE(scanner.expect('b'));
  CHECK(scanner.error() == JsonError{JsonFault::unexpected_byte, 0});

  JsonScanner at_end(" ");
  std::string_view body;
  CHECK_FALSE(at_end.string(body));
  CHECK(at_end.error() == JsonError{JsonFault::unexpected_end, 1});
}
