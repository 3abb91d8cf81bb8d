#include "auth/jwt_claims.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

using std::chrono::seconds;

TEST_CASE("all that is known") {
  const auto claims = parse_jwt_claims(
      R"({"sub":"ann","exp":1300819380,"nbf":1300819379.75,"iss":"joe","aud":["a","b"],"info":{"n":1,"n":2},)"
      R"("permissions":["news-*",{"pattern":"staff","publish":false}],"channel":"x","more":[1]})");
  REQUIRE(claims);
  CHECK(claims->user == "ann");
  CHECK(claims->expires_at == WallTime(seconds(1300819380)));
  CHECK(claims->not_before == WallTime(seconds(1300819379)));
  CHECK(claims->issuer == "joe");
  CHECK(claims->audience == std::vector<std::string>{"a", "b"});
  CHECK(claims->info == R"({"n":1,"n":2})");
  REQUIRE(claims->permissions);
  CHECK(claims->permissions->size() == 2);
  CHECK(claims->channel == "x");
  CHECK(claims->names.back() == "more");
}

TEST_CASE("what a token opens of its channel beside subscribing") {
  const auto both = parse_jwt_claims(R"({"channel":"x","publish":true,"presence":true})");
  REQUIRE(both);
  CHECK((both->publish && both->presence));
  const auto none = parse_jwt_claims(R"({"channel":"x","publish":false})");
  REQUIRE(none);
  CHECK_FALSE((none->publish || none->presence));
  for (const char* wrong : {R"({"channel":"x","publish":1})", R"({"channel":"x","presence":"true"})",
                            R"({"channel":"x","publish":null})", R"({"channel":"x","publish":true,"publish":true})"}) {
    CHECK_FALSE(parse_jwt_claims(wrong));
  }
}

TEST_CASE("the same names may mean something else where there is no channel") {
  const auto claims = parse_jwt_claims(R"({"sub":"ann","publish":true,"presence":[1]})");
  REQUIRE(claims);
  CHECK_FALSE((claims->publish || claims->presence));
}

TEST_CASE("what is absent stays absent") {
  const auto claims = parse_jwt_claims("{}");
  REQUIRE(claims);
  CHECK(claims->user.empty());
  CHECK_FALSE(claims->expires_at);
  CHECK_FALSE(claims->permissions);
  CHECK(claims->audience.empty());
  CHECK(claims->names.empty());
  CHECK(parse_jwt_claims(R"({"aud":"one"})")->audience == std::vector<std::string>{"one"});
}

TEST_CASE("a class of rate limits") {
  auto claims = parse_jwt_claims(R"({"sub":"ann","rate_class":"gold"})");
  REQUIRE(claims);
  CHECK(std::get<PrincipalPtr>(to_principal(std::move(*claims)))->rate_class == "gold");
  claims = parse_jwt_claims(R"({"sub":"ann"})");
  REQUIRE(claims);
  CHECK(std::get<PrincipalPtr>(to_principal(std::move(*claims)))->rate_class.empty());
  for (const char* wrong :
       {R"({"rate_class":""})", R"({"rate_class":7})", R"({"rate_class":null})", R"({"rate_class":["gold"]})",
        R"({"rate_class":"two words"})", R"({"rate_class":"a\nb"})", R"({"rate_class":"a","rate_class":"a"})",
        R"({"r\u0061te_class":"a"})", R"({"rate_class":"012345678901234567890123456789012"})"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_jwt_claims(wrong));
  }
}

TEST_CASE("the furthest dates") {
  CHECK(parse_jwt_claims(R"({"exp":0})")->expires_at == WallTime());
  const auto last = parse_jwt_claims(R"({"exp":253402300799})");
  REQUIRE(last);
  CHECK(*last->expires_at > WallTime(std::chrono::hours(24 * 365 * 200)));
  CHECK(*last->expires_at + std::chrono::hours(1) > *last->expires_at);  // a leeway can be added
}

TEST_CASE("claims that are refused") {
  for (const char* json : {
           "",
           "7",
           "[]",
           "{",
           R"({"sub":7})",
           R"({"sub":null})",
           R"({"sub":"a","sub":"b"})",
           R"({"sub":"a","s\u0075b":"b"})",
           R"({"s\u0075b":"a"})",
           R"({"exp":"1300819380"})",
           R"({"exp":-1})",
           R"({"exp":1e99})",
           R"({"exp":1e999})",
           R"({"exp":253402300800})",
           R"({"exp":{"exp":1}})",
           R"({"exp":[1]})",
           R"({"exp":null})",
           R"({"exp":true})",
           R"({"exp":1,"exp":2})",
           R"({"nbf":"0"})",
           R"({"iss":["joe"]})",
           R"({"aud":7})",
           R"({"aud":[7]})",
           R"({"aud":["a",["b"]]})",
           R"({"channel":7})",
           R"({"permissions":"news"})",
           R"({"permissions":{}})",
           R"({"permissions":[7]})",
           R"({"permissions":[""]})",
           R"({"permissions":[{}]})",
           R"({"permissions":[{"pattern":"a","publsh":false}]})",
           R"({"permissions":[{"pattern":"a","publish":0}]})",
           R"({"permissions":[{"pattern":"a","publish":false,"publish":true}]})",
           R"({"permissions":[{"pattern":"a","pattern":"b"}]})",
           "{\"sub\":\"\xFF\"}",
       }) {
    CAPTURE(json);
    CHECK_FALSE(parse_jwt_claims(json).has_value());
  }
}

TEST_CASE("cut anywhere they are none, and nothing behind them is read") {
  const std::string json = R"({"sub":"ann","exp":1300819380,"aud":["a"],"permissions":[{"pattern":"s"}]})";
  for (std::size_t size = 0; size < json.size(); ++size) {
    const test::GuardedBytes copy(std::string_view(json).substr(0, size));
    CHECK_FALSE(parse_jwt_claims(copy.text()).has_value());
  }
}

}  // namespace
}  // namespace sentix::auth
