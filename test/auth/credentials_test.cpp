#include "auth/credentials.h"

#include <doctest/doctest.h>

#include "protocol/json_syntax.h"

namespace sentix::auth {
namespace {

TEST_CASE("string members are given unescaped") {
  const Credentials given(R"({"username":"john","token":"a\"b\u00e9\n","n":1,"o":{"token":"inner"},"e":""})");
  CHECK(given.get("username") == "john");
  CHECK(given.get("token") == "a\"b\u00e9\n");
  CHECK(given.get("e") == "");
}

TEST_CASE("what is absent or no string is nothing") {
  const Credentials given(R"({"number":1,"null":null,"object":{"token":"inner"},"array":["x"],"true":true})");
  for (const std::string_view key : {"token", "number", "null", "object", "array", "true", ""}) {
    CAPTURE(key);
    CHECK(given.get(key) == std::nullopt);
  }
  CHECK(Credentials("{}").get("token") == std::nullopt);
}

TEST_CASE("a key given twice is nothing, however it is written") {
  CHECK(Credentials(R"({"token":"a","token":"b"})").get("token") == std::nullopt);
  CHECK(Credentials(R"({"token":"a","token":"a"})").get("token") == std::nullopt);
  CHECK(Credentials(R"({"token":"a","tok\u0065n":"b"})").get("token") == std::nullopt);
  CHECK(Credentials(R"({"token":1,"token":"b"})").get("token") == std::nullopt);
}

TEST_CASE("a key written with escapes is the same key") {
  CHECK(Credentials(R"({"tok\u0065n":"a"})").get("token") == "a");
}

TEST_CASE("a token from the handshake comes back as it was") {
  using namespace std::string_literals;
  for (const std::string& token :
       {"plain"s, ""s, "\"quoted\\\""s, "line\nbreak\0zero"s, "caf\u00e9"s, "\",\"token\":\"x"s}) {
    CAPTURE(token);
    const Credentials given = Credentials::from_token(token);
    CHECK_FALSE(protocol::validate_json_utf8(given.json()));
    CHECK(given.get("token") == token);
    CHECK(given.get("username") == std::nullopt);
  }
}

TEST_CASE("a token that is not UTF-8 is nobody's") {
  for (const char* token : {"\xFF", "a\xC3", "\xED\xA0\x80"}) {
    const Credentials given = Credentials::from_token(token);
    CHECK(given.json() == "{}");
    CHECK(given.get("token") == std::nullopt);
  }
}

}  // namespace
}  // namespace sentix::auth
