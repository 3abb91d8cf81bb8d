#include "auth/jwt_authenticator.h"

#include <doctest/doctest.h>

#include "auth/authenticator_chain.h"
#include "auth/user_list.h"
#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

using test::hs256_token;

const std::string kSecret = "a secret of thirty-two bytes, ok";
constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

// The authenticator of one secret, and why it refused.
struct Tokens {
  std::vector<JwtFault> faults;
  std::shared_ptr<Authenticator> authenticator =
      std::make_shared<JwtAuthenticator>([verifier = make_verifier()] { return verifier; }, [] { return kNow; },
                                         [this](JwtFault fault) { faults.push_back(fault); });

  static std::shared_ptr<const JwtVerifier> make_verifier() {
    JwtKeySet keys;
    keys.add({}, JwtKey::from_secret(JwtAlgorithm::hs256, kSecret));
    return std::make_shared<const JwtVerifier>(std::move(keys), JwtRules{});
  }
};

PrincipalPtr ask(Authenticator& authenticator, const Credentials& given) {
  PrincipalPtr answer;
  int calls = 0;
  authenticator.authenticate(given, [&](PrincipalPtr principal) {
    ++calls;
    answer = std::move(principal);
  });
  CHECK(calls == 1);
  return answer;
}

PrincipalPtr ask(Authenticator& authenticator, std::string_view claims) {
  return ask(authenticator, Credentials::from_token(hs256_token(kSecret, claims)));
}

TEST_CASE("a token's claims make a principal that ends with it") {
  Tokens tokens;
  const PrincipalPtr ann =
      ask(*tokens.authenticator, R"({"sub":"ann","exp":1700000060,"info":{"n":1},"permissions":["news-*"]})");
  REQUIRE(ann);
  CHECK(ann->user == "ann");
  CHECK(ann->info == R"({"n":1})");
  CHECK(ann->expires_at == kNow + std::chrono::seconds(60 + 30));
  CHECK(granted(ann.get(), Action::subscribe, "news-1"));
  CHECK_FALSE(granted(ann.get(), Action::subscribe, "staff"));
  CHECK(tokens.faults.empty());
}

TEST_CASE("without permissions nothing private is open") {
  Tokens tokens;
  const PrincipalPtr ann = ask(*tokens.authenticator, R"({"sub":"ann","exp":1700000060})");
  REQUIRE(ann);
  CHECK_FALSE(granted(ann.get(), Action::subscribe, "news-1"));
}

TEST_CASE("what is refused is said to the operator alone") {
  Tokens tokens;
  CHECK_FALSE(ask(*tokens.authenticator, R"({"exp":1700000060})"));
  CHECK_FALSE(ask(*tokens.authenticator, R"({"sub":"","exp":1700000060})"));
  CHECK_FALSE(ask(*tokens.authenticator, R"({"sub":"ann","exp":1600000000})"));
  CHECK_FALSE(ask(*tokens.authenticator, R"({"sub":"ann","exp":1700000060,"channel":"news"})"));
  CHECK(tokens.faults ==
        std::vector{JwtFault::missing_claim, JwtFault::missing_claim, JwtFault::expired, JwtFault::other_purpose});
}

TEST_CASE("what does not look like a token is none of its business") {
  Tokens tokens;
  CHECK_FALSE(ask(*tokens.authenticator, Credentials::from_token("opaque")));
  CHECK_FALSE(ask(*tokens.authenticator, Credentials("{}")));
  CHECK(tokens.faults.empty());
}

TEST_CASE("a chain asks one after the other, until one says yes") {
  Tokens tokens;
  const auto users =
      std::make_shared<UserList>(std::vector<User>{{.username = "john", .token_sha256 = sha256("secret-1")}});
  AuthenticatorChain chain({users, tokens.authenticator});
  const PrincipalPtr john = ask(chain, Credentials::from_token("secret-1"));
  REQUIRE(john);
  CHECK(john->user == "john");
  const PrincipalPtr ann = ask(chain, R"({"sub":"ann","exp":1700000060})");
  REQUIRE(ann);
  CHECK(ann->user == "ann");
  CHECK_FALSE(ask(chain, Credentials::from_token("secret-2")));
  CHECK_FALSE(ask(chain, R"({"sub":"ann","exp":1})"));
}

// Keeps its questions; answers with the first done() that it was given.
struct Slow : Authenticator {
  std::vector<AuthenticationDone> asked;
  void authenticate(const Credentials&, AuthenticationDone done) override { asked.push_back(std::move(done)); }
};

TEST_CASE("a link of a chain may answer late, also when the chain has gone, or never") {
  Tokens tokens;
  const auto slow = std::make_shared<Slow>();
  int calls = 0;
  PrincipalPtr answer;
  {
    AuthenticatorChain chain({slow, tokens.authenticator});
    const auto token = Credentials::from_token(hs256_token(kSecret, R"({"sub":"ann","exp":1700000060})"));
    chain.authenticate(token, [&](PrincipalPtr principal) {
      ++calls;
      answer = std::move(principal);
    });
    chain.authenticate(token, [&, kept = std::make_shared<int>()](const PrincipalPtr&) { ++calls; });
  }
  CHECK(calls == 0);
  slow->asked.front()(nullptr);
  CHECK(calls == 1);
  REQUIRE(answer);
  CHECK(answer->user == "ann");
  slow->asked.clear();  // no answer is a refusal, which whoever made done() notices by its end
  CHECK(calls == 1);
}

// Answers at once, always the same.
struct Fixed : Authenticator {
  explicit Fixed(Judgement always) : judgement(std::move(always)) {}
  void authenticate(const Credentials&, AuthenticationDone done) override { done(judgement); }
  Judgement judgement;
};

Judgement judge(const AuthenticatorChain::Links& links) {
  Judgement answer = nullptr;
  AuthenticatorChain(links).authenticate(Credentials("{}"),
                                         [&](Judgement judgement) { answer = std::move(judgement); });
  return answer;
}

TEST_CASE("a chain of which one link could not tell says yes by another, or that nobody can") {
  const auto no = std::make_shared<Fixed>(nullptr);
  const auto yes = std::make_shared<Fixed>(std::make_shared<const Principal>(Principal{"ann", {}, {}}));
  const auto silent = std::make_shared<Fixed>(Judgement::unavailable());
  CHECK(judge({silent, yes}).principal());
  CHECK(judge({yes, silent}).principal());
  for (const auto& links : {AuthenticatorChain::Links{no, silent}, {silent, no}, {silent, silent}}) {
    CHECK(judge(links).is_unavailable());
    CHECK_FALSE(judge(links).principal());
  }
  CHECK_FALSE(judge({no, no}).is_unavailable());
  CHECK_FALSE(judge({no, no}).principal());
}

}  // namespace
}  // namespace sentix::auth
