#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sentix/log.h"
#include "sentix/node_selector.h"

namespace sentix {

enum class NodeState : std::uint8_t {
  waiting,   // it has ended, or could not be started, and is started again after a pause
  starting,  // its process does not answer yet
  up,        // it serves
  unready,   // it answers, and says that nobody new is to be sent to it: its Redis is away, for example
  draining,  // it was told to end, and takes leave of its clients
  ending,    // it was killed
};

// "waiting", "starting", "up", "unready", "draining", "ending".
[[nodiscard]] std::string_view to_text(NodeState state);

// What is known of a node at one moment.
struct NodeStatus {
  std::string id = {};  // "node-1"
  Node node = {};
  NodeState state = NodeState::waiting;
  std::uint16_t admin_port = 0;  // on 127.0.0.1; 0 before its first start
  int process = 0;               // 0: none
  std::size_t restarts = 0;      // how often it was started again, whatever for
  std::string trouble = {};      // why it ended last or is not ready, in a sentence's end; empty where it is up
};

struct ClusterOptions {
  // The program that nodes run as `BINARY serve ...`: a path, or a name to be looked for in PATH. It is looked up anew
  // with each start, so that a rolling restart is how a new version comes into force.
  std::string binary = "sentix";
  // Further words for each, such as "--redis=redis://127.0.0.1", "--config=node.toml". Nodes inherit the environment.
  std::vector<std::string> arguments = {};
  std::string id_prefix = "node";     // ids are this, "-" and a number that no other node of this manager ever had
  std::string advertise = {};         // what /nodes tells of each, with {port} in place of its port; empty: its address
  std::uint16_t base_admin_port = 0;  // the first node's admin listener, the next one's is one higher; 0: any free ones
  std::string control = {};           // the path of a Unix socket for `sentix cluster status` and so on; empty: none

  std::chrono::milliseconds probe_interval = std::chrono::seconds(1);  // between looks at GET /health and GET /ready
  std::chrono::milliseconds probe_timeout = std::chrono::seconds(2);   // for both to be answered
  unsigned probes_failed_max = 5;                                      // in a row: the node hangs then, and is killed
  std::chrono::milliseconds start_timeout = std::chrono::seconds(60);  // for a first answer, then the node hangs
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(20);  // for a node to end by itself, then it is killed
  std::chrono::milliseconds restart_first =
      std::chrono::milliseconds(200);                                 // bounds the pause before a node that ended
  std::chrono::milliseconds restart_max = std::chrono::seconds(30);   // is started again: it doubles, and is random
  std::chrono::milliseconds steady_after = std::chrono::seconds(10);  // a node that lived so long begins with the first

  // All are called by the thread that runs start(), and should not block it. Each may be empty.
  std::function<void(std::string_view id, std::string_view line)> on_output = {};  // what a node writes, line by line
  std::function<void()> on_change = {};                                            // status() says something else now
  LogSink log = {};
};

// Starts several nodes of one server as child processes, and looks after them: a node that dies or hangs is started
// again, one that comes or goes does so while the others serve, and a restart goes through them one at a time.
//
//   sentix::ClusterManager cluster({{.port = 8080}, {.port = 8081}}, {.arguments = {"--redis=redis://127.0.0.1"}});
//   cluster.start();
//
// No node outlives its manager: where that is killed, the kernel tells them to stop (Linux only). SIGCHLD must not be
// ignored by the process; no signal handler is installed.
//
// Any thread may call anything, but start() and the destructor.
class ClusterManager {
 public:
  // std::invalid_argument for a node that is named twice, or more nodes than there are ports.
  explicit ClusterManager(const std::vector<Node>& nodes, ClusterOptions options = {});
  ~ClusterManager();
  ClusterManager(const ClusterManager&) = delete;
  ClusterManager& operator=(const ClusterManager&) = delete;

  // Runs the nodes until stop(), and returns when all have ended. std::system_error with a sentence where the program
  // or the control socket is not to be had. A node that cannot be started is no error but a state.
  void start();

  // Drains all nodes at once. The second call kills them. Before start(): that returns at once.
  void stop();

  // Restarts the nodes one after the other: the next one when all others are up, so that never two are away. Where that
  // never comes to be, it goes no further.
  void restart();

  // Each node reads its configuration again, as on SIGHUP.
  void reload();

  // std::invalid_argument where it is there already.
  void add(const Node& node);
  // Drains it. std::invalid_argument where there is no such node.
  void remove(const Node& node);

  // In the order in which they came; a node that was removed is there until it has ended.
  [[nodiscard]] std::vector<NodeStatus> status() const;
  // How many nodes a rolling restart has before it; 0: none is under way.
  [[nodiscard]] std::size_t left_to_restart() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentix
