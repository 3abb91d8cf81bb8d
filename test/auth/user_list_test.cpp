#include "auth/user_list.h"

#include <doctest/doctest.h>

namespace sentix::auth {
namespace {

struct Answer {
  int calls = 0;
  PrincipalPtr principal;
};

Answer ask(UserList& users, const Credentials& given) {
  Answer answer;
  users.authenticate(given, [&answer](PrincipalPtr principal) {
    ++answer.calls;
    answer.principal = std::move(principal);
  });
  return answer;
}

UserList two_users() {
  return UserList({{.username = "john", .token_sha256 = sha256("secret-1"), .info = R"({"age":7})"},
                   {.username = "jane",
                    .token_sha256 = sha256("secret-2"),
                    .grants = {{{.pattern = "team-*"}}},
                    .rate_class = "gold"}});
}

TEST_CASE("the right token of the right user opens, and the answer comes at once") {
  UserList users = two_users();
  const Answer john = ask(users, Credentials(R"({"username":"john","token":"secret-1"})"));
  REQUIRE(john.calls == 1);
  REQUIRE(john.principal);
  CHECK(john.principal->user == "john");
  CHECK(john.principal->info == R"({"age":7})");
  CHECK_FALSE(john.principal->grants.has_value());
  CHECK(john.principal->rate_class.empty());

  const Answer jane = ask(users, Credentials(R"({"token":"secret-2","username":"jane"})"));
  REQUIRE(jane.principal);
  CHECK(jane.principal->user == "jane");
  REQUIRE(jane.principal->grants.has_value());
  CHECK(jane.principal->grants->at(0).pattern == "team-*");
  CHECK(jane.principal->rate_class == "gold");
}

TEST_CASE("without a name the token alone tells who it is") {
  UserList users = two_users();
  const Answer answer = ask(users, Credentials::from_token("secret-2"));
  REQUIRE(answer.principal);
  CHECK(answer.principal->user == "jane");
}

TEST_CASE("everything else is refused, with one answer") {
  UserList users = two_users();
  for (const char* json : {
           R"({})",
           R"({"username":"john"})",
           R"({"username":"john","token":"secret-2"})",
           R"({"username":"john","token":"secret-"})",
           R"({"username":"john","token":"secret-11"})",
           R"({"username":"john","token":""})",
           R"({"username":"john","token":1})",
           R"({"username":"john","token":null})",
           R"({"username":"john","token":"wrong","token":"secret-1"})",
           R"({"username":"nobody","token":"secret-1"})",
           R"({"username":"","token":"secret-1"})",
           R"({"token":"nothing of ours"})",
           R"({"token":"4c9b6b1e0f1a2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4"})",
       }) {
    CAPTURE(json);
    const Answer answer = ask(users, Credentials(json));
    CHECK(answer.calls == 1);
    CHECK(answer.principal == nullptr);
  }
}

TEST_CASE("a hash is no token: who read the configuration cannot come in with it") {
  UserList users = two_users();
  CHECK(ask(users, Credentials::from_token(to_hex(sha256("secret-1")))).principal == nullptr);
}

TEST_CASE("one user may have several tokens, and several users one token") {
  UserList users({{.username = "john", .token_sha256 = sha256("old")},
                  {.username = "john", .token_sha256 = sha256("new")},
                  {.username = "guest", .token_sha256 = sha256("new")}});
  CHECK(ask(users, Credentials(R"({"username":"john","token":"old"})")).principal->user == "john");
  CHECK(ask(users, Credentials(R"({"username":"john","token":"new"})")).principal->user == "john");
  CHECK(ask(users, Credentials(R"({"username":"guest","token":"new"})")).principal->user == "guest");
  CHECK(ask(users, Credentials::from_token("new")).principal->user == "john");
  CHECK(ask(users, Credentials(R"({"username":"guest","token":"old"})")).principal == nullptr);
}

TEST_CASE("an empty list lets nobody in") {
  UserList users({});
  CHECK(ask(users, Credentials::from_token("x")).principal == nullptr);
}

}  // namespace
}  // namespace sentix::auth
