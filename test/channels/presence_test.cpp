#include "channels/presence.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace sentix::channels {
namespace {

TEST_CASE("a user is there once, from its first connection to its last") {
  Presence presence;
  CHECK(presence.join(SessionId{1}, {"ann", R"({"x":1})", 1}));
  CHECK(presence.join(SessionId{2}, {"bob", "", 1}));
  CHECK_FALSE(presence.join(SessionId{3}, {"ann", R"({"x":2})", 1}));
  const std::vector<Member> members = presence.members();
  REQUIRE(members.size() == 2);
  CHECK(members[0].user == "ann");
  CHECK(members[0].info == R"({"x":1})");
  CHECK(members[0].connections == 2);
  CHECK(members[1].user == "bob");
  CHECK_FALSE(presence.leave(SessionId{1}));
  const auto gone = presence.leave(SessionId{3});
  REQUIRE(gone);
  CHECK(gone->user == "ann");
  CHECK(gone->info == R"({"x":1})");
  CHECK(gone->connections == 0);
  CHECK(presence.leave(SessionId{2})->user == "bob");
  CHECK(presence.members().empty());
}

TEST_CASE("thousands of random comings and goings agree with a model") {
  std::mt19937 random(5);
  Presence presence;
  std::map<std::uint64_t, std::string> sessions;
  std::map<std::string, std::size_t> model;
  for (int step = 0; step < 5000; ++step) {
    const std::uint64_t session = 1 + random() % 40;
    if (const auto there = sessions.find(session); there != sessions.end()) {
      const std::string user = there->second;
      const bool last = --model[user] == 0;
      if (last) model.erase(user);
      const auto gone = presence.leave(SessionId{session});
      REQUIRE(gone.has_value() == last);
      if (gone) REQUIRE(gone->user == user);
      sessions.erase(there);
    } else {
      const std::string user = "user-" + std::to_string(random() % 12);
      REQUIRE(presence.join(SessionId{session}, {user, "", 1}) == (++model[user] == 1));
      sessions.emplace(session, user);
    }
    const std::vector<Member> members = presence.members();
    REQUIRE(members.size() == model.size());
    auto expected = model.begin();
    for (const Member& member : members) {
      REQUIRE(member.user == expected->first);
      REQUIRE(member.connections == expected->second);
      ++expected;
    }
  }
}

}  // namespace
}  // namespace sentix::channels
