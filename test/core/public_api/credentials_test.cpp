#include "sentix/credentials.h"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "sentix/authenticator.h"
#include "sentix/secret.h"

using sentix::Credentials;
using sentix::equal;

TEST_CASE("members are read where they are strings, and occur once") {
  const Credentials given(R"({"token":"s\u00e9same","pin":7,"twice":"a","twice":"b"})");
  CHECK(given["token"] == "s\u00e9same");
  CHECK_FALSE(given["pin"].has_value());
  CHECK_FALSE(given["twice"].has_value());
  CHECK_FALSE(given["absent"].has_value());
}

TEST_CASE("the whole object is there as it came") {
  const std::string json = R"( {"a": [1.0] } )";
  CHECK(Credentials(json).json() == json);
}

TEST_CASE("credentials are one JSON object") {
  for (const char* text : {"", "[]", "7", "{", "{} {}", "{\"a\":\"\xFF\"}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Credentials{text}, std::invalid_argument);
  }
}

TEST_CASE("a copy outlives the original") {
  auto first = std::make_unique<Credentials>(R"({"token":"x"})");
  const Credentials copy = *first;
  first.reset();
  CHECK(copy["token"] == "x");
}

TEST_CASE("equal is false where the member is absent") {
  const Credentials given(R"({"token":"x","empty":""})");
  CHECK(equal(given["token"], "x"));
  CHECK_FALSE(equal(given["token"], "y"));
  CHECK(equal(given["empty"], ""));
  CHECK_FALSE(equal(given["absent"], ""));
}

TEST_CASE("who a plain true lets in has the name that the credentials give") {
  CHECK(principal_of(Credentials(R"({"username":"ann"})")).user == "ann");
  CHECK(principal_of(Credentials(R"({"username":")" + std::string(200, 'a') + "\"}")).user.size() == 200);
  for (const std::string& json :
       {std::string("{}"), std::string(R"({"username":""})"), std::string(R"({"username":7})"),
        R"({"username":")" + std::string(201, 'a') + "\"}"}) {
    CAPTURE(json);
    CHECK(principal_of(Credentials(json)).user == "user");
  }
  CHECK_FALSE(principal_of(Credentials("{}")).permissions.has_value());
}
