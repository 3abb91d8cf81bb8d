#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sentix {

// Where a node listens.
struct Node {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;

  friend bool operator==(const Node&, const Node&) = default;
  friend auto operator<=>(const Node&, const Node&) = default;
};

// "HOST:PORT" ("127.0.0.1:8080", "[::1]:8080") as a node; std::invalid_argument where it is none.
[[nodiscard]] Node parse_node(std::string_view text);

// The reverse.
[[nodiscard]] std::string to_text(const Node& node);

// Which of several nodes is next: for a proxy, a backend, or a client of one's own. It opens no connection and asks
// nobody; who finds a node dead says so, by set_healthy().
//
//   "round_robin"        one after the other, in their order
//   "random"             each as likely as the others, whatever came before
//   "least_connections"  the one with the fewest connections, as opened() and closed() count them, or set_connections()
//                        says; of several the one that comes next by round robin
//   "hash"               always the same for the same key, such as a user's name, as long as the nodes are: of N nodes
//                        one that comes takes about one key in N, and only keys of one that goes move
//
// Only healthy nodes are chosen; where none is, all are, because a wrong mark should not be the end of a service.
//
// Any thread may call anything.
class NodeSelector {
 public:
  // std::invalid_argument for another strategy. The same node counts once.
  NodeSelector(const std::vector<Node>& nodes, std::string_view strategy);
  ~NodeSelector();
  NodeSelector(NodeSelector&&) noexcept;
  NodeSelector& operator=(NodeSelector&&) noexcept;

  // The next node. `key` is for "hash", where the empty one is a key as others are. std::out_of_range where there is no
  // node at all.
  Node next(std::string_view key = {});

  // Nodes may come and go at any time. One that comes is healthy, without connections; nothing happens where it is
  // there already, or not there.
  void add(const Node& node);
  void remove(const Node& node);

  // What is known of a node; nothing happens where it is none of these.
  void set_healthy(const Node& node, bool healthy);
  void opened(const Node& node);  // a connection
  void closed(const Node& node);
  void set_connections(const Node& node, std::size_t connections);

  [[nodiscard]] std::vector<Node> nodes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentix
