#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace sentix::core {

// One node of a server that has several, as it tells the others.
struct NodeRecord {
  std::string process;  // unlike all others, and another one with each start
  std::string id;       // its node_id, or else its process
  std::string url;      // where clients connect to; empty: they are not told to
  std::string version;
  std::uint64_t connections = 0;    // upgraded
  std::uint64_t load_permille = 0;  // of the time of its workers' threads that the process spent on a processor
  std::uint64_t started_ms = 0;     // since 1970
  bool draining = false;

  // Whether clients are to connect there.
  [[nodiscard]] bool healthy() const { return !draining && !url.empty(); }

  friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

// The nodes that there are, as they were told last: whoever is asked answers from here, and asks nobody. Any thread may
// call anything.
class NodeDirectory {
 public:
  using Clock = std::chrono::steady_clock;

  // A list that is older is stale: so long a node is believed to live that is not heard of.
  static constexpr std::chrono::milliseconds kLease{5'000};

  // This node, which is always in the list.
  void set_self(NodeRecord self);
  [[nodiscard]] NodeRecord self() const;

  // All nodes that were heard of within their lease. `complete` is false where those that were known and are missing
  // may just not have had the time to come back: they are kept then. Of two on one URL only the one that started last
  // is: the other is dead, or makes way for it.
  void tell(std::vector<NodeRecord> nodes, bool complete, Clock::time_point now);

  // All of them by their ids, for GET /nodes:
  //
  //   {"nodes":[{"id","url","healthy","state","connections","load","version","started_at"},...],"age_ms":N,"stale":B}
  //
  // `url` is missing where there is none, `state` is "up" or "draining", `load` is 0 to 1, `started_at` as RFC 3339 has
  // it; `age_ms` is how old what is said of the others is, and missing where nothing was told yet, which is stale, too.
  [[nodiscard]] std::string to_json(Clock::time_point now) const;

 private:
  mutable std::mutex mutex_;
  NodeRecord self_;
  std::vector<NodeRecord> others_;  // by their ids
  Clock::time_point told_at_{};
  bool told_ = false;
};

// Where clients of this server connect to: `advertise` where that is given, else what it is bound to
// ("ws://HOST:PORT"), unless that is every address of the machine or a Unix path; then empty.
[[nodiscard]] std::string node_url(const std::string& advertise, const std::string& bound);

// Whether a text can be told as one: "ws://HOST..." or "wss://HOST...", without spaces, up to 2048 bytes.
[[nodiscard]] bool is_node_url(const std::string& url);

}  // namespace sentix::core
