#pragma once

#include <uv.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster_plan.h"
#include "core/cluster/health_check.h"
#include "core/cluster/node_process.h"
#include "core/log.h"

namespace sentix::core {

// Who wants to know what becomes of nodes.
class NodeWatcher {
 public:
  virtual void report(LogLevel level, std::string sentence) = 0;
  virtual void output(const std::string& id, std::string_view line) = 0;  // that the node has written
  virtual void changed() = 0;                                             // what status() says of it

 protected:
  ~NodeWatcher() = default;
};

// Does to one node what its life says is due: starts its process, asks it how it is, ends it. Belongs to one loop's
// thread.
class NodeKeeper {
 public:
  // All of these outlive it, but that the member may go a moment before; then it is only destroyed.
  NodeKeeper(uv_loop_t* loop, const ClusterOptions& options, ClusterMember& member, NodeWatcher& watcher);

  // To be called ten times a second.
  void look_after(NodeLife::Time now);

  // Lets the process read its configuration anew. One that only starts reads the new one anyway, and might not know
  // yet what the signal means.
  void reload() const;

  // Kills the process, if there is one, and holds nothing of the loop any more.
  void close();

  // By any thread, with whatever lock look_after() is called under.
  [[nodiscard]] NodeStatus status() const;

 private:
  void notice_end(NodeLife::Time now);
  void notice_health();
  void ask_for_health(NodeLife::Time now);
  void spawn(NodeLife::Time now);
  void end(NodeAction how);
  [[nodiscard]] std::vector<std::string> words() const;
  void report(LogLevel level, const std::string& what);

  uv_loop_t* const loop_;
  const ClusterOptions& options_;
  ClusterMember& member_;
  NodeWatcher& watcher_;
  std::optional<NodeProcess> process_;
  std::optional<HealthCheck> check_;
  std::optional<Health> health_;  // what the check found, until it is acted on
  NodeLife::Time next_check_{};
  NodeState told_ = NodeState::waiting;
  std::uint16_t admin_port_;
  std::string trouble_;
  std::mt19937 random_{std::random_device()()};
};

}  // namespace sentix::core
