#include "auth/jwt.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"
#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

std::string token_with(std::string_view header) {
  return test::hs256_token("secret", R"({"sub":"ann"})", header);
}

JwtFault fault_of(std::string_view token) {
  const auto parsed = parse_jwt(token);
  REQUIRE(std::holds_alternative<JwtFault>(parsed));
  return std::get<JwtFault>(parsed);
}

TEST_CASE("a token is taken apart") {
  const std::string token = token_with(R"({"typ":"JWT","alg":"HS384","kid":"key \u0031","other":{"alg":"none"}})");
  const auto parsed = parse_jwt(token);
  REQUIRE(std::holds_alternative<Jwt>(parsed));
  const Jwt& jwt = std::get<Jwt>(parsed);
  CHECK(jwt.algorithm == JwtAlgorithm::hs384);
  CHECK(jwt.key_id == "key 1");
  CHECK(jwt.claims == R"({"sub":"ann"})");
  CHECK(jwt.signed_text == token.substr(0, token.rfind('.')));
  CHECK(jwt.signature.size() == 32);
}

TEST_CASE("headers that are refused") {
  struct Row {
    const char* header;
    JwtFault fault;
  };
  for (const Row& row : {
           Row{R"({"alg":"none"})", JwtFault::unknown_algorithm},
           Row{R"({"alg":"NONE"})", JwtFault::unknown_algorithm},
           Row{R"({"alg":"hs256"})", JwtFault::unknown_algorithm},
           Row{R"({"alg":""})", JwtFault::unknown_algorithm},
           Row{R"({"alg":"HS256\u0000"})", JwtFault::unknown_algorithm},
           Row{R"({"alg":256})", JwtFault::bad_header},
           Row{R"({"alg":["HS256"]})", JwtFault::bad_header},
           Row{R"({"alg":null})", JwtFault::bad_header},
           Row{R"({})", JwtFault::bad_header},
           Row{R"(["HS256"])", JwtFault::bad_header},
           Row{R"("HS256")", JwtFault::bad_header},
           Row{"", JwtFault::bad_header},
           Row{R"({"alg":"HS256"} x)", JwtFault::bad_header},
           Row{R"({"alg":"HS256","alg":"none"})", JwtFault::bad_header},
           Row{R"({"alg":"none","alg":"HS256"})", JwtFault::bad_header},
           Row{R"({"alg":"HS256","al\u0067":"none"})", JwtFault::bad_header},
           Row{R"({"alg":"HS256","kid":7})", JwtFault::bad_header},
           Row{R"({"alg":"HS256","kid":"a","kid":"b"})", JwtFault::bad_header},
           Row{"{\"alg\":\"HS256\",\"x\":\"\xFF\"}", JwtFault::bad_header},
           Row{R"({"alg":"HS256","crit":["exp"],"exp":1})", JwtFault::critical_header},
           Row{R"({"alg":"HS256","b64":false,"crit":["b64"]})", JwtFault::critical_header},
           Row{R"({"alg":"HS256","crit":[]})", JwtFault::critical_header},
       }) {
    CAPTURE(row.header);
    CHECK(fault_of(token_with(row.header)) == row.fault);
  }
}

TEST_CASE("what is no token is told as such, cut anywhere or with anything between") {
  const std::string token = token_with(R"({"alg":"HS256"})");
  CHECK(looks_like_jwt(token));
  for (const char* text : {"", ".", "..", "a.b", "a.b.c.d", "opaque"}) {
    CAPTURE(text);
    CHECK(std::holds_alternative<JwtFault>(parse_jwt(text)));
  }
  for (std::size_t cut = 0; cut < token.rfind('.'); ++cut)
    CHECK(fault_of(token.substr(0, cut)) == JwtFault::not_a_token);
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char garbage : {'=', ' ', '\n', '+', '/', '\0', '\x80'}) {
      std::string changed = token;
      changed[at] = garbage;
      CHECK(fault_of(changed) == JwtFault::not_a_token);
    }
  }
  CHECK(fault_of(token + "=") == JwtFault::not_a_token);
  CHECK(fault_of("." + token) == JwtFault::not_a_token);
  CHECK(fault_of(std::string(kJwtBytesMax + 1, 'A')) == JwtFault::too_long);
}

TEST_CASE("nothing behind a token is read") {
  const std::string token = token_with(R"({"alg":"HS256"})");
  for (std::size_t size = 0; size <= token.size(); ++size) {
    const test::GuardedBytes copy(std::string_view(token).substr(0, size));
    static_cast<void>(parse_jwt(copy.text()));
  }
}

TEST_CASE("every fault has its sentence") {
  for (int i = 0; i <= static_cast<int>(JwtFault::other_channel); ++i) {
    CHECK_FALSE(describe(static_cast<JwtFault>(i)).empty());
  }
}

TEST_CASE("who presents it is told nothing of the keys") {
  for (const auto fault :
       {JwtFault::not_a_token, JwtFault::unknown_algorithm, JwtFault::no_key, JwtFault::bad_signature}) {
    CHECK(describe_to_holder(fault) == "no key of this server has signed it");
  }
  CHECK(describe_to_holder(JwtFault::bad_claims) == describe(JwtFault::bad_claims));
  CHECK(describe_to_holder(JwtFault::expired) == "it has expired");
}

}  // namespace
}  // namespace sentix::auth
