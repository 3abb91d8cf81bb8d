#include "channels/channel_rules.h"

#include <doctest/doctest.h>

namespace sentix::channels {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a channel that nothing matches has the defaults") {
  const ChannelRules rules;
  const ChannelRules::Rule rule = rules.find("any");
  REQUIRE(rule.options);
  CHECK_FALSE(rule.exists);
  CHECK(rule.can_exist());
  CHECK(rule.options->max_clients == 0);
  CHECK_FALSE(rule.options->persistent);
  CHECK_FALSE(rule.options->is_private);
  CHECK_FALSE(rule.options->auth);
  CHECK_FALSE(rule.options->presence);
  CHECK(rule.options->publish == PublishRight::subscribers);
  CHECK_FALSE(rule.options->keeps_history());
}

TEST_CASE("history is kept by default where a channel is persistent, and as told where told") {
  CHECK(ChannelOptions{.persistent = true}.history_size_in_force() == 100);
  CHECK(ChannelOptions{.persistent = true}.history_ttl_in_force() == 10min);
  CHECK_FALSE(ChannelOptions{.persistent = true, .history_size = 0}.keeps_history());
  CHECK(ChannelOptions{.history_size = 5}.history_size_in_force() == 5);
  CHECK(ChannelOptions{.history_ttl = 3s}.history_ttl_in_force() == 3s);
}

TEST_CASE("an exact name wins over every pattern, and the most specific pattern over the others") {
  ChannelRules rules;
  rules.define("*", {.max_clients = 1});
  rules.define("chat-*", {.max_clients = 2});
  rules.define("chat-room-*", {.max_clients = 3});
  rules.define("chat-room-1", {.max_clients = 4});
  rules.define("*-1", {.max_clients = 5});
  const auto max_clients = [&rules](std::string_view name) { return rules.find(name).options->max_clients; };
  CHECK(max_clients("general") == 1);
  CHECK(max_clients("chat-") == 2);
  CHECK(max_clients("chat-x") == 2);
  CHECK(max_clients("chat-room-2") == 3);
  CHECK(max_clients("chat-room-1") == 4);
  CHECK(max_clients("other-1") == 5);
  CHECK(max_clients("chat-1") == 2);
  CHECK(rules.find("chat-room-1").exists);
  CHECK_FALSE(rules.find("chat-room-2").exists);
}

TEST_CASE("a new configuration takes the place of the former in one step, and what was defined besides stays") {
  ChannelRules rules;
  const ChannelRules::Definitions former{{"news", {.max_clients = 1}}, {"news-*", {.max_clients = 2}}};
  rules.redefine({}, former);
  rules.define("own", {.max_clients = 9});
  rules.define("own-*", {.max_clients = 8});
  const std::uint64_t generation = rules.generation();
  const auto kept = rules.find("news");
  rules.redefine(former, {{"news", {.max_clients = 3}}, {"chat-*", {.max_clients = 4}}});
  CHECK(rules.generation() != generation);
  CHECK(kept.options->max_clients == 1);
  CHECK(rules.find("news").options->max_clients == 3);
  CHECK(rules.find("news").exists);
  CHECK(rules.find("news-1").options->max_clients == 0);
  CHECK(rules.find("chat-1").options->max_clients == 4);
  CHECK(rules.find("own").options->max_clients == 9);
  CHECK(rules.find("own-1").options->max_clients == 8);
  rules.redefine({{"news", {}}, {"chat-*", {}}}, {});
  CHECK_FALSE(rules.find("news").exists);
  CHECK(rules.find("chat-1").options->max_clients == 0);
}

TEST_CASE("of equally specific patterns the first defined wins, in whatever order others came") {
  ChannelRules rules;
  rules.define("ab*", {.max_clients = 1});
  rules.define("*cd", {.max_clients = 2});
  rules.define("a*cd", {.max_clients = 3});
  CHECK(rules.find("abXcd").options->max_clients == 3);
  CHECK(rules.find("abcdX").options->max_clients == 1);
  rules.define("*bc*", {.max_clients = 4});
  CHECK(rules.find("abc").options->max_clients == 1);
  CHECK(rules.find("xbc").options->max_clients == 4);
}

TEST_CASE("defining again replaces, and changes nothing for who holds the old options") {
  ChannelRules rules;
  rules.define("a", {.max_clients = 1});
  rules.define("p*", {.max_clients = 1});
  const ChannelRules::Rule exact = rules.find("a");
  const ChannelRules::Rule pattern = rules.find("px");
  rules.define("a", {.max_clients = 2});
  rules.define("p*", {.max_clients = 2});
  CHECK(exact.options->max_clients == 1);
  CHECK(pattern.options->max_clients == 1);
  CHECK(rules.find("a").options->max_clients == 2);
  CHECK(rules.find("px").options->max_clients == 2);
}

TEST_CASE("each definition makes another generation, of exact names and of patterns") {
  ChannelRules rules;
  const auto first = rules.generation();
  CHECK(first != 0);
  CHECK(rules.generation() == first);
  rules.define("a", {});
  const auto second = rules.generation();
  CHECK(second != first);
  rules.define("p*", {});
  const auto third = rules.generation();
  CHECK(third != second);
  rules.define("p*", {});
  CHECK(rules.generation() != third);
}

TEST_CASE("without auto_create only what is configured by name can exist") {
  ChannelRules rules;
  rules.define("*", {.auto_create = false});
  rules.define("here", {.auto_create = false});
  CHECK_FALSE(rules.find("other").can_exist());
  CHECK(rules.find("here").can_exist());
}

}  // namespace
}  // namespace sentix::channels
