#include <doctest/doctest.h>

#include <string>

#include "sentix/json.h"
#include "sentix/secret.h"

TEST_CASE("quote makes a JSON string of any text") {
  CHECK(sentix::quote("") == R"("")");
  CHECK(sentix::quote("A new user joined!") == R"("A new user joined!")");
  CHECK(sentix::quote("say \"hi\"\\\n") == R"("say \"hi\"\\\n")");
  CHECK(sentix::quote("s\u00e9same") == "\"s\u00e9same\"");
}

TEST_CASE("equal compares texts of all lengths") {
  CHECK(sentix::equal("secret", "secret"));
  CHECK(sentix::equal("", ""));
  CHECK_FALSE(sentix::equal("secret", "Secret"));
  CHECK_FALSE(sentix::equal("secret", "secre"));
  CHECK_FALSE(sentix::equal("", "secret"));
  const std::string given = "secret";
  CHECK(sentix::equal(given, "secret"));
}
