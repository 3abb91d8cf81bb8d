#include "auth/rate_class_guard.h"

#include <doctest/doctest.h>

#include <vector>

namespace sentix::auth {
namespace {

// Keeps every question.
struct Asked : Authenticator {
  std::vector<AuthenticationDone> questions;
  void authenticate(const Credentials&, AuthenticationDone done) override { questions.push_back(std::move(done)); }
};

Judgement of_class(std::string name) {
  return std::make_shared<const Principal>(
      Principal{.user = "ann", .info = {}, .grants = {}, .rate_class = std::move(name)});
}

// What becomes of an answer, which comes when the guard has gone.
struct Passed {
  std::vector<Judgement> judgements;
  std::string heard;

  explicit Passed(const Judgement& answer) {
    const auto inner = std::make_shared<Asked>();
    {
      RateClassGuard guard(inner, {{"gold", {}}}, [this](const std::string& address, const Principal& principal) {
        heard += principal.user + " of " + principal.rate_class + " from " + address;
      });
      Credentials credentials("{}");
      credentials.set_address("192.0.2.1:4711");
      guard.authenticate(credentials, [this](Judgement judgement) { judgements.push_back(std::move(judgement)); });
    }
    inner->questions.front()(answer);
  }
};

TEST_CASE("who has no class, or one that there is, comes in") {
  for (const char* name : {"", "gold"}) {
    const Passed passed(of_class(name));
    REQUIRE(passed.judgements.size() == 1);
    REQUIRE(passed.judgements[0].principal());
    CHECK(passed.judgements[0].principal()->rate_class == name);
    CHECK(passed.heard.empty());
  }
}

TEST_CASE("who is of any other class is refused, told why, and reported") {
  const Passed passed(of_class("Gold"));
  REQUIRE(passed.judgements.size() == 1);
  CHECK_FALSE(passed.judgements[0].principal());
  CHECK_FALSE(passed.judgements[0].is_unavailable());
  CHECK(passed.judgements[0].why() == "rate.class.Gold is not set");
  CHECK(passed.heard == "ann of Gold from 192.0.2.1:4711");
}

TEST_CASE("what is no yes is passed on as it is") {
  const Passed no(nullptr);
  CHECK_FALSE(no.judgements.at(0).principal());
  CHECK(no.judgements.at(0).why().empty());
  CHECK(Passed(Judgement::unavailable()).judgements.at(0).is_unavailable());
}

TEST_CASE("nobody needs to hear of it") {
  const auto inner = std::make_shared<Asked>();
  RateClassGuard guard(inner, {}, {});
  Judgement found = of_class("");
  guard.authenticate(Credentials("{}"), [&](Judgement judgement) { found = std::move(judgement); });
  inner->questions.front()(of_class("gold"));
  CHECK_FALSE(found.principal());
}

}  // namespace
}  // namespace sentix::auth
