#include "channels/registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::RecordingPeer;

struct Member {
  RecordingPeer peer;
  Session session;
  explicit Member(std::uint64_t id) : session(SessionId{id}, peer) {}
};

protocol::SharedFrame frame(std::string_view text) {
  return protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(text)));
}

// Whether both ends of every edge point at each other.
bool in_step(const Registry& registry, const std::vector<std::unique_ptr<Member>>& members) {
  for (const auto& member : members) {
    const auto listening = member->session.listening();
    for (std::size_t place = 0; place < listening.size(); ++place) {
      const Channel& channel = *listening[place].channel;
      if (registry.find(channel.name()) != &channel) return false;
      if (listening[place].place_in_channel >= channel.subscriptions().size()) return false;
      const Subscription& other_end = channel.subscriptions()[listening[place].place_in_channel];
      if (other_end.session != &member->session || other_end.peer != &member->peer) return false;
      if (other_end.place_in_session != place) return false;
    }
  }
  return true;
}

TEST_CASE("a channel is there while somebody listens to it") {
  Registry registry;
  Member a(1);
  Member b(2);
  CHECK(registry.find("news") == nullptr);
  registry.add(a.session, "news", 7, 0, true);
  registry.add(b.session, "news", 7, 0, true);
  Channel* const news = registry.find("news");
  REQUIRE(news != nullptr);
  CHECK(news->name() == "news");
  CHECK(news->incarnation() == 7);
  CHECK(registry.find(a.session, "news") == news);
  CHECK(registry.find(a.session, "other") == nullptr);
  registry.remove(a.session, *news);
  CHECK(registry.find(a.session, "news") == nullptr);
  CHECK(registry.find(b.session, "news") == news);
  registry.remove(b.session, *news);
  CHECK(registry.find("news") == nullptr);
  CHECK(registry.channel_count() == 0);
}

TEST_CASE("delivery skips other incarnations, what came before the subscription, and the excepted session") {
  Registry registry;
  Member early(1);
  Member late(2);
  registry.add(early.session, "news", 7, 0, true);
  registry.add(late.session, "news", 7, 2, true);
  const auto deliver = [&registry](std::string_view text, Incarnation incarnation, std::uint64_t sequence,
                                   SessionId except) {
    return registry.deliver({frame(text), incarnation, sequence, except});
  };
  CHECK(deliver("1", 7, 1, SessionId::none) == 1);
  CHECK(deliver("2", 7, 2, SessionId::none) == 1);
  CHECK(deliver("3", 7, 3, SessionId::none) == 2);
  CHECK(deliver("4", 7, 4, early.session.id()) == 1);
  CHECK(deliver("5", 7, 5, SessionId{99}) == 2);
  CHECK(deliver("6", 8, 6, SessionId::none) == 0);
  CHECK(early.peer.texts == test::Texts{"1", "2", "3", "5"});
  CHECK(late.peer.texts == test::Texts{"3", "4", "5"});
  registry.remove(early.session, *registry.find("news"));
  registry.remove(late.session, *registry.find("news"));
  CHECK(deliver("7", 7, 7, SessionId::none) == 0);
}

TEST_CASE("who comes and goes is told to those alone who may see it") {
  Registry registry;
  Member may(1);
  Member may_not(2);
  registry.add(may.session, "team", 7, 0, true);
  registry.add(may_not.session, "team", 7, 0, false);
  CHECK(registry.deliver({frame("a message"), 7, 1, SessionId::none}) == 2);
  CHECK(registry.deliver({frame("a join"), 7, 2, SessionId::none, true}) == 1);
  CHECK(may.peer.texts == test::Texts{"a message", "a join"});
  CHECK(may_not.peer.texts == test::Texts{"a message"});
  registry.remove(may.session, *registry.find("team"));
  registry.remove(may_not.session, *registry.find("team"));
}

TEST_CASE("the rule of a channel is the newest one") {
  Registry registry;
  ChannelRules rules;
  Member member(1);
  registry.add(member.session, "news", 7, 0, true);
  Channel& channel = *registry.find("news");
  CHECK_FALSE(channel.rule(rules).options->is_private);
  const ChannelOptions* const before = channel.rule(rules).options.get();
  CHECK(channel.rule(rules).options.get() == before);
  rules.define("new*", {.is_private = true});
  CHECK(channel.rule(rules).options->is_private);
  registry.remove(member.session, channel);
}

TEST_CASE("both directions stay in step with a model through thousands of random changes") {
  constexpr std::size_t kSessions = 12;
  constexpr std::size_t kChannels = 9;
  std::mt19937 random(42);
  Registry registry;
  std::vector<std::unique_ptr<Member>> members;
  for (std::size_t i = 0; i < kSessions; ++i) members.push_back(std::make_unique<Member>(i + 1));
  std::set<std::pair<std::size_t, std::size_t>> model;  // session, channel
  std::map<std::size_t, Incarnation> alive;
  Incarnation last = 0;

  const auto name = [](std::size_t channel) { return "channel-" + std::to_string(channel); };
  for (int step = 0; step < 6000; ++step) {
    const std::size_t session = random() % kSessions;
    const std::size_t channel = random() % kChannels;
    if (random() % 100 == 0) {  // one leaves everything
      while (!members[session]->session.listening().empty()) {
        registry.remove(members[session]->session, *members[session]->session.listening().back().channel);
      }
      std::erase_if(model, [&](const auto& edge) { return edge.first == session; });
    } else if (model.count({session, channel}) != 0) {
      registry.remove(members[session]->session, *registry.find(name(channel)));
      model.erase({session, channel});
    } else {
      if (registry.find(name(channel)) == nullptr) alive[channel] = ++last;
      registry.add(members[session]->session, name(channel), alive[channel], 0, true);
      model.insert({session, channel});
    }
    REQUIRE(in_step(registry, members));
    std::set<std::size_t> channels;
    bool agrees = true;
    for (std::size_t s = 0; s < kSessions; ++s) {
      for (std::size_t c = 0; c < kChannels; ++c) {
        const bool expected = model.count({s, c}) != 0;
        agrees = agrees && (registry.find(members[s]->session, name(c)) != nullptr) == expected;
        if (expected) channels.insert(c);
      }
    }
    REQUIRE(agrees);
    REQUIRE(registry.channel_count() == channels.size());
    const std::size_t target = random() % kChannels;
    const auto listeners =
        std::count_if(model.begin(), model.end(), [&](const auto& edge) { return edge.second == target; });
    REQUIRE(registry.deliver({frame("x"), alive[target], 1, SessionId::none}) == static_cast<std::size_t>(listeners));
  }
  for (const auto& [session, channel] : model)
    registry.remove(members[session]->session, *registry.find(name(channel)));
  CHECK(registry.channel_count() == 0);
}

}  // namespace
}  // namespace sentix::channels
