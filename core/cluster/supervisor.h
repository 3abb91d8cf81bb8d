#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster_plan.h"
#include "core/cluster/control_socket.h"
#include "core/cluster/health_check.h"
#include "core/cluster/node_process.h"
#include "core/log.h"
#include "core/uv_handle.h"
#include "sentix/cluster_manager.h"

namespace sentix::core {

// Does what a ClusterPlan says: starts processes, asks them how they are, ends them. All of it happens on the thread of
// run(), in its loop, ten times a second; other threads change the plan, under the mutex.
//
// That thread is also the one that children may not outlive (ChildProcess).
class Supervisor {
 public:
  // As ClusterManager's.
  Supervisor(const std::vector<Node>& nodes, ClusterOptions options);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void run();

  // --- From any thread
  void stop();
  void restart();
  void reload();
  void add(const Node& node);
  void remove(const Node& node);
  [[nodiscard]] std::vector<NodeStatus> status() const;
  [[nodiscard]] std::size_t left_to_restart() const;

 private:
  // What there is of a member beside its life.
  struct Runner {
    std::optional<NodeProcess> process;
    std::optional<HealthCheck> check;
    std::optional<Health> health;  // what the check found, until it is acted on
    NodeLife::Time next_check{};
    NodeState told = NodeState::waiting;
    std::uint16_t admin_port = 0;
    std::string trouble;
  };
  // What is to be told when the mutex is free: a line of a node, or where there is no id, of the log.
  struct Telling {
    std::string id;
    LogLevel level;
    std::string text;
  };

  void tick() noexcept;
  void look_after(ClusterMember& member, NodeLife::Time now);
  void notice_end(ClusterMember& member, Runner& runner, NodeLife::Time now);
  void notice_health(ClusterMember& member, Runner& runner, NodeLife::Time now);
  void spawn(ClusterMember& member, Runner& runner, NodeLife::Time now);
  void end(const ClusterMember& member, const Runner& runner, NodeAction how);
  [[nodiscard]] std::vector<std::string> words_for(const ClusterMember& member, const Runner& runner) const;
  void report(LogLevel level, const ClusterMember& member, const std::string& what);
  void tell();
  void close();
  std::string obey(const std::string& command);

  const ClusterOptions options_;
  const LogSink log_;

  mutable std::mutex mutex_;  // of the next two; nothing of the application is called with it held
  ClusterPlan plan_;
  std::map<std::string, Runner> runners_;  // by id

  // --- The thread's
  uv_loop_t loop_{};
  UvHandle<uv_timer_t> ticker_;
  std::unique_ptr<ControlSocket> control_;
  std::vector<Telling> tellings_;
  bool changed_ = false;
  std::mt19937 random_{std::random_device()()};
};

}  // namespace sentix::core
