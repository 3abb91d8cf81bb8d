#include "auth/channel_tokens.h"

#include <doctest/doctest.h>

#include <vector>

#include "auth/jwt_authenticator.h"
#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

using std::chrono::seconds;
using test::hs256_token;

const std::string kSecret = "a secret of thirty-two bytes, ok";
constexpr WallTime kNow{seconds(1'700'000'000)};

std::shared_ptr<const JwtVerifier> make_verifier(JwtRules rules = {}) {
  JwtKeySet keys;
  keys.add({}, JwtKey::from_secret(JwtAlgorithm::hs256, kSecret));
  return std::make_shared<const JwtVerifier>(std::move(keys), std::move(rules));
}

struct Tokens {
  std::shared_ptr<const JwtVerifier> verifier = make_verifier();
  std::vector<JwtFault> faults = {};
  Principal ann{"ann", {}, {}};
  ChannelTokens judge{[this] { return verifier; }, [] { return kNow; },
                      [this](JwtFault fault) { faults.push_back(fault); }};

  // What such claims open of the channel "news" to ann.
  std::variant<ChannelGrant, JwtFault> of(std::string_view claims, std::string_view secret = kSecret) {
    return judge.judge(hs256_token(secret, claims), "news", &ann);
  }
};

bool operator==(const std::variant<ChannelGrant, JwtFault>& judged, JwtFault fault) {
  return std::holds_alternative<JwtFault>(judged) && std::get<JwtFault>(judged) == fault;
}

TEST_CASE("a token opens the channel that it names, until it ends") {
  Tokens tokens;
  const auto judged = tokens.of(R"({"channel":"news","sub":"ann","exp":1700000060})");
  REQUIRE(std::holds_alternative<ChannelGrant>(judged));
  const ChannelGrant grant = std::get<ChannelGrant>(judged);
  CHECK(grant.expires_at == kNow + seconds(60 + 30));
  CHECK_FALSE(grant.publish);
  CHECK_FALSE(grant.presence);
  CHECK(tokens.faults.empty());
}

TEST_CASE("it may open more of it") {
  Tokens tokens;
  const auto judged = tokens.of(R"({"channel":"news","exp":1700000060,"publish":true,"presence":true})");
  REQUIRE(std::holds_alternative<ChannelGrant>(judged));
  CHECK(std::get<ChannelGrant>(judged).publish);
  CHECK(std::get<ChannelGrant>(judged).presence);
}

TEST_CASE("one that names no user is for whoever has it, one that does for that user alone") {
  Tokens tokens;
  const std::string anybodys = hs256_token(kSecret, R"({"channel":"news","exp":1700000060})");
  CHECK(std::holds_alternative<ChannelGrant>(tokens.judge.judge(anybodys, "news", &tokens.ann)));
  CHECK(std::holds_alternative<ChannelGrant>(tokens.judge.judge(anybodys, "news", nullptr)));
  const std::string anns = hs256_token(kSecret, R"({"channel":"news","sub":"ann","exp":1700000060})");
  CHECK((tokens.judge.judge(anns, "news", nullptr) == JwtFault::other_user));
  const Principal bob{"bob", {}, {}};
  CHECK((tokens.judge.judge(anns, "news", &bob) == JwtFault::other_user));
}

TEST_CASE("a name of a channel is no pattern") {
  Tokens tokens;
  for (const char* channel : {"*", "new*", "News", "news-1", "new", ""}) {
    const std::string claims = R"({"exp":1700000060,"channel":")" + std::string(channel) + R"("})";
    CHECK((tokens.of(claims) == JwtFault::other_channel));
  }
}

TEST_CASE("all that is wrong is found, and said to the operator") {
  Tokens tokens;
  CHECK((tokens.judge.judge("opaque", "news", &tokens.ann) == JwtFault::not_a_token));
  CHECK((tokens.of(R"({"channel":"news","exp":1700000060})", "another secret, which has 32 byte") ==
         JwtFault::bad_signature));
  CHECK((tokens.of(R"({"channel":7,"exp":1700000060})") == JwtFault::bad_claims));
  CHECK((tokens.of(R"({"channel":"news"})") == JwtFault::missing_claim));
  CHECK((tokens.of(R"({"channel":"news","exp":1699999970})") == JwtFault::expired));
  CHECK((tokens.of(R"({"channel":"news","exp":1700000060,"nbf":1700000031})") == JwtFault::not_yet));
  CHECK((tokens.of(R"({"channel":"news","exp":1700000060,"aud":"another"})") == JwtFault::other_audience));
  CHECK(tokens.faults == std::vector{JwtFault::not_a_token, JwtFault::bad_signature, JwtFault::bad_claims,
                                     JwtFault::missing_claim, JwtFault::expired, JwtFault::not_yet,
                                     JwtFault::other_audience});
}

TEST_CASE("without an end it does not end, where that is allowed") {
  Tokens tokens;
  tokens.verifier = make_verifier({.expires = false});
  const auto judged = tokens.of(R"({"channel":"news"})");
  REQUIRE(std::holds_alternative<ChannelGrant>(judged));
  CHECK_FALSE(std::get<ChannelGrant>(judged).expires_at);
}

TEST_CASE("no token is both: for the server and for a channel") {
  Tokens tokens;
  JwtAuthenticator authenticator([&] { return tokens.verifier; }, [] { return kNow; }, {});
  for (const char* claims : {R"({"sub":"ann","exp":1700000060})", R"({"sub":"ann","exp":1700000060,"channel":"news"})",
                             R"({"sub":"ann","exp":1700000060,"permissions":["*"]})",
                             R"({"sub":"ann","exp":1700000060,"permissions":["*"],"channel":"news"})"}) {
    bool authenticates = false;
    authenticator.authenticate(Credentials::from_token(hs256_token(kSecret, claims)),
                               [&](const PrincipalPtr& principal) { authenticates = principal != nullptr; });
    const auto judged = tokens.of(claims);
    CHECK(authenticates != std::holds_alternative<ChannelGrant>(judged));
    CHECK(authenticates == (judged == JwtFault::other_purpose));
  }
}

}  // namespace
}  // namespace sentix::auth
