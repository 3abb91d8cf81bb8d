#include "core/node_directory.h"

#include <doctest/doctest.h>

#include "protocol/json_syntax.h"

using namespace sentix;
using namespace std::chrono_literals;
using core::NodeDirectory;
using core::NodeRecord;

namespace {

NodeRecord node(const std::string& id, const std::string& url, std::uint64_t started_ms = 1'000) {
  return {.process = "p-" + id + std::to_string(started_ms),
          .id = id,
          .url = url,
          .version = "1.2.3",
          .connections = 7,
          .load_permille = 42,
          .started_ms = started_ms};
}

// The ids in their order.
std::string ids(const NodeDirectory& nodes, NodeDirectory::Clock::time_point now) {
  const std::string json = nodes.to_json(now);
  CHECK_FALSE(protocol::validate_json_utf8(json));
  constexpr std::string_view kField = R"("id":")";
  std::string all;
  for (std::size_t at = json.find(kField); at != std::string::npos; at = json.find(kField, at + 1)) {
    const std::size_t begin = at + kField.size();
    all += json.substr(begin, json.find('"', begin) - begin) + " ";
  }
  return all;
}

bool says(const std::string& json, const std::string& part) {
  return json.find(part) != std::string::npos;
}

const NodeDirectory::Clock::time_point kNow = NodeDirectory::Clock::now();

}  // namespace

TEST_CASE("a node that has heard of no others tells itself, as stale") {
  NodeDirectory nodes;
  nodes.set_self(node("b", "ws://b:1"));
  CHECK(nodes.to_json(kNow) ==
        R"({"nodes":[{"id":"b","url":"ws://b:1","healthy":true,"state":"up","connections":7,"load":0.042,)"
        R"("version":"1.2.3","started_at":"1970-01-01T00:00:01.000Z"}],"stale":true})");
}

TEST_CASE("all nodes are told by their ids, with the age of what is known, and stale when that is over a lease") {
  NodeDirectory nodes;
  nodes.set_self(node("b", "ws://b:1"));
  nodes.tell({node("c", "ws://c:1"), node("b", "ws://b:1"), node("a", "ws://a:1")}, true, kNow);
  CHECK(ids(nodes, kNow) == "a b c ");
  CHECK(says(nodes.to_json(kNow + 412ms), R"("age_ms":412,"stale":false})"));
  CHECK(says(nodes.to_json(kNow + NodeDirectory::kLease + 1ms), R"("age_ms":5001,"stale":true})"));
  CHECK(says(nodes.to_json(kNow - 1s), R"("age_ms":0,)"));
}

TEST_CASE("a node that drains, or has no URL, is told and not offered") {
  NodeDirectory nodes;
  NodeRecord self = node("a", "ws://a:1");
  self.draining = true;
  nodes.set_self(self);
  nodes.tell({node("b", "")}, true, kNow);
  const std::string json = nodes.to_json(kNow);
  CHECK(says(json, R"({"id":"a","url":"ws://a:1","healthy":false,"state":"draining",)"));
  CHECK(says(json, R"({"id":"b","healthy":false,"state":"up",)"));
}

TEST_CASE(
    "of two nodes on one URL the one that started last is left; nodes without one do not take each other's place") {
  NodeDirectory nodes;
  nodes.set_self(node("self", "ws://self:1", 50));
  nodes.tell({node("old", "ws://x:1", 10), node("new", "ws://x:1", 20), node("hidden", "", 10), node("other", "", 20),
              node("former-self", "ws://self:1", 40)},
             true, kNow);
  CHECK(ids(nodes, kNow) == "hidden new other self ");
}

TEST_CASE("who is missing from a list that may not be complete stays until one that is") {
  NodeDirectory nodes;
  nodes.set_self(node("a", "ws://a:1"));
  nodes.tell({node("b", "ws://b:1"), node("c", "ws://c:1")}, true, kNow);
  NodeRecord changed = node("c", "ws://c:1");
  changed.draining = true;
  nodes.tell({changed}, false, kNow);
  CHECK(ids(nodes, kNow) == "a b c ");
  CHECK(says(nodes.to_json(kNow), R"("id":"c","url":"ws://c:1","healthy":false)"));
  nodes.tell({changed}, true, kNow);
  CHECK(ids(nodes, kNow) == "a c ");
}

TEST_CASE("what clients connect to") {
  CHECK(core::node_url("", "ws://127.0.0.1:8080") == "ws://127.0.0.1:8080");
  CHECK(core::node_url("", "wss://[::1]:8080") == "wss://[::1]:8080");
  CHECK(core::node_url("", "ws://0.0.0.0:8080").empty());
  CHECK(core::node_url("", "wss://[::]:8080").empty());
  CHECK(core::node_url("", "unix:/run/sentix.sock").empty());
  CHECK(core::node_url("wss://chat.example.com/ws", "ws://0.0.0.0:8080") == "wss://chat.example.com/ws");
}

TEST_CASE("what is a URL of a node") {
  for (const char* url : {"ws://h", "wss://h:1/ws?a=b", "ws://[::1]:8080"}) {
    CHECK_MESSAGE(core::is_node_url(url), url);
  }
  for (const char* wrong :
       {"", "ws:", "ws://", "ws:///ws", "http://h", "ws://h h", "ws://h\n", "ws://\xc3\xa4", "xws://h"}) {
    CHECK_FALSE_MESSAGE(core::is_node_url(wrong), wrong);
  }
  CHECK(core::is_node_url("ws://" + std::string(2043, 'h')));
  CHECK_FALSE(core::is_node_url("ws://" + std::string(2044, 'h')));
}
