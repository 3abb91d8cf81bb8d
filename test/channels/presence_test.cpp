#include "channels/presence.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart = Time() + 1000h;

// Those whom let_go() lets go of.
std::vector<std::string> gone(Presence& presence, Time now) {
  std::vector<std::string> users;
  static_cast<void>(presence.let_go(now, [&](const Member& member) {
    CHECK(member.connections == 0);
    users.push_back(member.user);
  }));
  return users;
}

using Users = std::vector<std::string>;

TEST_CASE("a user is there once, from its first connection to its last") {
  Presence presence(0ms);
  CHECK(presence.join(SessionId{1}, {"ann", R"({"x":1})", 1}));
  CHECK(presence.join(SessionId{2}, {"bob", "", 1}));
  CHECK_FALSE(presence.join(SessionId{3}, {"ann", R"({"x":2})", 1}));
  const MemberList list = presence.list(10);
  CHECK(list.count == 2);
  REQUIRE(list.members.size() == 2);
  CHECK(list.members[0].user == "ann");
  CHECK(list.members[0].info == R"({"x":1})");
  CHECK(list.members[0].connections == 2);
  CHECK(list.members[1].user == "bob");
  CHECK_FALSE(presence.leave(SessionId{1}, kStart));
  CHECK(presence.leave(SessionId{3}, kStart) == kStart);
  CHECK(gone(presence, kStart) == Users{"ann"});
  CHECK(presence.leave(SessionId{2}, kStart) == kStart);
  CHECK(gone(presence, kStart) == Users{"bob"});
  CHECK(presence.list(10).count == 0);
}

TEST_CASE("as many are listed as are asked for, in the order of their names, and all are counted") {
  Presence presence(0ms);
  for (const std::uint64_t session : {3, 1, 2}) presence.join(SessionId{session}, {std::to_string(session), {}, 1});
  for (std::size_t members_max = 0; members_max < 5; ++members_max) {
    const MemberList list = presence.list(members_max);
    CHECK(list.count == 3);
    REQUIRE(list.members.size() == std::min<std::size_t>(members_max, 3));
    for (std::size_t i = 0; i < list.members.size(); ++i) CHECK(list.members[i].user == std::to_string(i + 1));
  }
}

TEST_CASE("who comes back within the grace was never away") {
  Presence presence(2s);
  presence.join(SessionId{1}, {"ann", {}, 1});
  CHECK(presence.leave(SessionId{1}, kStart) == kStart + 2s);
  CHECK(gone(presence, kStart + 2s - 1ms).empty());
  REQUIRE(presence.list(10).count == 1);
  CHECK(presence.list(10).members[0].connections == 0);
  CHECK_FALSE(presence.join(SessionId{2}, {"ann", {}, 1}));
  CHECK(gone(presence, kStart + 2s).empty());
  CHECK(presence.leave(SessionId{2}, kStart + 3s) == kStart + 5s);
  CHECK(gone(presence, kStart + 5s) == Users{"ann"});
  CHECK(presence.join(SessionId{3}, {"ann", {}, 1}));
}

TEST_CASE("one look at a time is asked for, and it tells of the next") {
  Presence presence(2s);
  presence.join(SessionId{1}, {"ann", {}, 1});
  presence.join(SessionId{2}, {"bob", {}, 1});
  CHECK(presence.leave(SessionId{1}, kStart) == kStart + 2s);
  CHECK_FALSE(presence.leave(SessionId{2}, kStart + 1s));
  Users users;
  const auto tell = [&](const Member& member) { users.push_back(member.user); };
  CHECK(presence.let_go(kStart + 2s, tell) == kStart + 3s);
  CHECK(users == Users{"ann"});
  CHECK_FALSE(presence.let_go(kStart + 3s, tell));
  CHECK(users == Users{"ann", "bob"});
}

TEST_CASE("a coming that is taken back leaves things as they were") {
  Presence presence(2s);
  presence.take_back(SessionId{1}, presence.join(SessionId{1}, {"ann", {}, 1}));
  CHECK(presence.list(10).count == 0);
  presence.join(SessionId{1}, {"ann", {}, 1});
  CHECK(presence.leave(SessionId{1}, kStart));
  presence.take_back(SessionId{2}, presence.join(SessionId{2}, {"ann", {}, 1}));
  CHECK(gone(presence, kStart + 2s) == Users{"ann"});
}

TEST_CASE("thousands of random comings and goings agree with a model") {
  std::mt19937 random(5);
  constexpr auto kGrace = 30ms;
  Presence presence(kGrace);
  std::map<std::uint64_t, std::string> sessions;
  std::map<std::string, std::size_t> model;  // with those who are in their grace
  std::map<std::string, Time> leaving;
  std::optional<Time> due;
  Time now = kStart;
  for (int step = 0; step < 5000; ++step, now += 1ms) {
    const std::uint64_t session = 1 + random() % 40;
    if (const auto there = sessions.find(session); there != sessions.end()) {
      const std::string user = there->second;
      if (--model[user] == 0) leaving[user] = now + kGrace;
      if (const auto asked = presence.leave(SessionId{session}, now)) {
        REQUIRE_FALSE(due);
        due = asked;
      }
      sessions.erase(there);
    } else {
      const std::string user = "user-" + std::to_string(random() % 30);
      REQUIRE(presence.join(SessionId{session}, {user, "", 1}) == !model.contains(user));
      ++model[user];
      leaving.erase(user);
      sessions.emplace(session, user);
    }
    std::set<std::string> expected_gone;
    for (const auto& [user, at] : leaving) {
      if (at <= now) expected_gone.insert(user);
    }
    std::set<std::string> told;
    if (due && *due <= now) due = presence.let_go(now, [&](const Member& member) { told.insert(member.user); });
    REQUIRE(told == expected_gone);
    for (const std::string& user : told) {
      model.erase(user);
      leaving.erase(user);
    }
    const MemberList list = presence.list(100);
    REQUIRE(list.count == model.size());
    auto expected = model.begin();
    for (const Member& member : list.members) {
      REQUIRE(member.user == expected->first);
      REQUIRE(member.connections == expected->second);
      ++expected;
    }
  }
}

}  // namespace
}  // namespace sentix::channels
