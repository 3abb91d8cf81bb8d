#pragma once

#include <uv.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster_plan.h"
#include "core/cluster/control_socket.h"
#include "core/cluster/node_keeper.h"
#include "core/log.h"
#include "core/uv_handle.h"
#include "sentix/cluster_manager.h"

namespace sentix::core {

// Keeps the nodes that a ClusterPlan says there are to be, one NodeKeeper for each. All of it happens on the thread of
// run(), in its loop, ten times a second; other threads change the plan, under the mutex.
//
// That thread is also the one that children may not outlive (ChildProcess).
class Supervisor final : private NodeWatcher {
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
  // What is to be told when the mutex is free: a line of a node, or where there is no id, of the log.
  struct Telling {
    std::string id;
    LogLevel level;
    std::string text;
  };

  void tick() noexcept;
  void report(LogLevel level, std::string sentence) override;
  void output(const std::string& id, std::string_view line) override;
  void changed() override { changed_ = true; }
  void tell();
  void close();
  std::string obey(const std::string& command);

  const ClusterOptions options_;
  const LogSink log_;

  mutable std::mutex mutex_;  // of the next two; nothing of the application is called with it held
  ClusterPlan plan_;
  std::map<std::string, NodeKeeper> keepers_;  // by id, one for each member

  // --- The thread's
  uv_loop_t loop_{};
  UvHandle<uv_timer_t> ticker_;
  std::unique_ptr<ControlSocket> control_;
  std::vector<Telling> tellings_;
  bool changed_ = false;
};

}  // namespace sentix::core
