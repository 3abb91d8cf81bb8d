#include "sentix/node_selector.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

using sentix::Node;
using sentix::NodeSelector;

namespace {

std::vector<Node> nodes(std::uint16_t count) {
  std::vector<Node> list;
  for (std::uint16_t i = 1; i <= count; ++i) {
    list.push_back({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(8000 + i)});
  }
  return list;
}

Node node(std::uint16_t number) {
  return nodes(number).back();
}

// The numbers of the nodes that are chosen, as digits.
std::string choices(NodeSelector& selector, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) {
    digits += std::to_string(selector.next().port - 8000);
  }
  return digits;
}

std::string user(std::size_t number) {
  return "user-" + std::to_string(number);
}

// Of the first `count` users.
std::vector<Node> places(NodeSelector& selector, std::size_t count) {
  std::vector<Node> list;
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back(selector.next(user(i)));
  }
  return list;
}

}  // namespace

TEST_CASE("what is a node as text") {
  CHECK(sentix::parse_node("127.0.0.1:8080") == Node{.host = "127.0.0.1", .port = 8080});
  CHECK(sentix::parse_node("[::1]:1") == Node{.host = "::1", .port = 1});
  CHECK(sentix::parse_node("host-1.example.com:65535") == Node{.host = "host-1.example.com", .port = 65535});
  for (const char* text : {"127.0.0.1:8080", "[::1]:1"}) {
    CHECK(sentix::to_text(sentix::parse_node(text)) == text);
  }
  for (const char* wrong : {"", ":", ":1", "h", "h:", "h:0", "h:65536", "h:1x", "h:-1", "::1:8080", "[]:1", "[::1]",
                            "a b:1", "ws://h:1", "h/p:1"}) {
    CHECK_THROWS_AS_MESSAGE(static_cast<void>(sentix::parse_node(wrong)), std::invalid_argument, wrong);
  }
}

TEST_CASE("another strategy is refused with a sentence; without nodes there is nothing to choose") {
  CHECK_THROWS_WITH_AS(NodeSelector(nodes(1), "fastest"),
                       "there is no strategy \"fastest\": it is round_robin, random, least_connections or hash",
                       std::invalid_argument);
  for (const char* strategy : {"round_robin", "random", "least_connections", "hash"}) {
    CAPTURE(strategy);
    NodeSelector selector({}, strategy);
    CHECK_THROWS_AS(selector.next(), std::out_of_range);
    selector.add(node(1));
    CHECK(choices(selector, 2) == "11");
    selector.remove(node(1));
    CHECK_THROWS_AS(selector.next(), std::out_of_range);
  }
}

TEST_CASE("round_robin goes round in their order, whoever comes, goes or fails") {
  NodeSelector selector(nodes(3), "round_robin");
  CHECK(choices(selector, 4) == "1231");
  selector.add(node(4));
  selector.add(node(4));
  CHECK(choices(selector, 5) == "23412");
  selector.remove(node(1));
  CHECK(choices(selector, 3) == "342");
  selector.set_healthy(node(3), false);
  CHECK(choices(selector, 3) == "424");
  selector.set_healthy(node(3), true);
  CHECK(choices(selector, 3) == "234");
}

TEST_CASE("where no node is healthy all are chosen from") {
  NodeSelector selector(nodes(2), "round_robin");
  selector.set_healthy(node(1), false);
  selector.set_healthy(node(2), false);
  selector.set_healthy(node(9), false);  // who is not there
  CHECK(choices(selector, 4) == "1212");
}

TEST_CASE("random chooses each about equally often") {
  constexpr std::size_t kChoices = 30'000;
  NodeSelector selector(nodes(3), "random");
  std::map<char, std::size_t> counts;
  for (const char digit : choices(selector, kChoices)) {
    ++counts[digit];
  }
  for (const char digit : {'1', '2', '3'}) {
    CAPTURE(digit);
    CHECK(counts[digit] > kChoices / 3 - 600);  // seven standard deviations
    CHECK(counts[digit] < kChoices / 3 + 600);
  }
}

TEST_CASE("least_connections fills up the emptiest, and goes round among equals") {
  NodeSelector selector(nodes(3), "least_connections");
  CHECK(choices(selector, 4) == "1231");
  selector.opened(node(2));
  selector.opened(node(2));
  selector.opened(node(3));
  CHECK(choices(selector, 3) == "111");
  selector.set_connections(node(1), 5);
  CHECK(choices(selector, 2) == "33");
  selector.closed(node(2));
  selector.closed(node(2));
  selector.closed(node(2));  // one that it was never told of
  CHECK(choices(selector, 2) == "22");
  selector.opened(node(2));
  CHECK(choices(selector, 2) == "32");
}

TEST_CASE("hash sends a key to the same node every time, and keys to all nodes alike") {
  constexpr std::size_t kUsers = 10'000;
  NodeSelector one(nodes(5), "hash");
  std::vector<Node> turned = nodes(5);
  std::reverse(turned.begin(), turned.end());
  NodeSelector other(turned, "hash");
  const std::vector<Node> first = places(one, kUsers);
  CHECK(places(one, kUsers) == first);
  CHECK(places(other, kUsers) == first);
  for (const Node& each : nodes(5)) {
    const auto its = std::count(first.begin(), first.end(), each);
    CHECK_MESSAGE(std::abs(its - 2000) < 280, to_text(each));  // seven standard deviations
  }
}

TEST_CASE("hash moves only the keys of a node that goes, and to one that comes one in N") {
  constexpr std::size_t kUsers = 10'000;
  NodeSelector selector(nodes(4), "hash");
  const std::vector<Node> before = places(selector, kUsers);
  selector.add(node(5));
  const std::vector<Node> with = places(selector, kUsers);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < kUsers; ++i) {
    moved += with[i] != before[i] ? 1 : 0;
    CHECK((with[i] == before[i] || with[i] == node(5)));
  }
  CHECK(moved > kUsers / 5 - 280);
  CHECK(moved < kUsers / 5 + 280);
  selector.remove(node(5));
  CHECK(places(selector, kUsers) == before);
  selector.set_healthy(node(1), false);
  const std::vector<Node> without = places(selector, kUsers);
  for (std::size_t i = 0; i < kUsers; ++i) {
    CHECK((before[i] == node(1) ? without[i] != node(1) : without[i] == before[i]));
  }
}

TEST_CASE("threads may choose while nodes come and go") {
  NodeSelector selector(nodes(3), "least_connections");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&selector] {
      for (int round = 0; round < 2'000; ++round) {
        const Node chosen = selector.next();
        selector.opened(chosen);
        selector.closed(chosen);
      }
    });
  }
  for (int round = 0; round < 500; ++round) {
    selector.add(node(4));
    selector.set_healthy(node(1), round % 2 == 0);
    selector.remove(node(4));
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(selector.nodes() == nodes(3));
}
