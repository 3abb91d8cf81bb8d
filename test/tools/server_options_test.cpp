#include "tools/sentix/server_options.h"

#include <doctest/doctest.h>

#include "core/jwt/jwt_keeper.h"
#include "test/support/jwt_maker.h"

using namespace sentix::tools;

TEST_CASE("workers are counted where none are told") {
  Settings settings;
  CHECK(server_options(settings, {}).workers >= 1);
  settings.server.workers = 3;
  CHECK(server_options(settings, {}).workers == 3);
}

TEST_CASE("the page comes with its policy, or not at all") {
  Settings settings;
  settings.page = "chat";
  const auto with = server_options(settings, {});
  CHECK(with.page.find("<html") != std::string::npos);
  CHECK_FALSE(with.page_policy.empty());
  settings.page = "none";
  const auto without = server_options(settings, {});
  CHECK(without.page.empty());
  CHECK(without.page_policy.empty());
}

TEST_CASE("users become an authenticator, and nobody none") {
  Settings settings;
  CHECK(server_options(settings, {}).policy.authenticator == nullptr);
  settings.users.push_back({.username = "joe", .token_sha256 = sentix::auth::sha256("secret")});
  const auto options = server_options(settings, {});
  REQUIRE(options.policy.authenticator != nullptr);
  sentix::auth::PrincipalPtr who;
  options.policy.authenticator->authenticate(sentix::auth::Credentials::from_token("secret"),
                                             [&](sentix::auth::PrincipalPtr principal) { who = std::move(principal); });
  REQUIRE(who != nullptr);
  CHECK(who->user == "joe");
}

TEST_CASE("keys become an authenticator, beside users or alone") {
  Settings settings;
  settings.jwt.secret = "a secret of thirty-two bytes, ok";
  settings.jwt.rules.expires = false;
  const auto asked = [&](std::string_view token) {
    sentix::auth::PrincipalPtr who;
    server_options(settings, {})
        .policy.authenticator->authenticate(sentix::auth::Credentials::from_token(token),
                                            [&](sentix::auth::PrincipalPtr principal) { who = std::move(principal); });
    return who ? who->user : "nobody";
  };
  const std::string token = sentix::test::hs256_token(settings.jwt.secret, R"({"sub":"ann"})");
  CHECK(asked(token) == "ann");
  CHECK(asked("secret") == "nobody");
  settings.users.push_back({.username = "joe", .token_sha256 = sentix::auth::sha256("secret")});
  CHECK(asked(token) == "ann");
  CHECK(asked("secret") == "joe");
  settings.jwt_algorithm = "HS512";
  CHECK_THROWS_AS(static_cast<void>(server_options(settings, {})),
                  sentix::core::JwtError);  // check_keys() finds it before
}
