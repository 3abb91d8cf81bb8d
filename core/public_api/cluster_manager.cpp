#include "sentix/cluster_manager.h"

#include <utility>

#include "core/cluster/supervisor.h"

namespace sentix {

std::string_view to_text(NodeState state) {
  switch (state) {
    case NodeState::waiting:
      return "waiting";
    case NodeState::starting:
      return "starting";
    case NodeState::up:
      return "up";
    case NodeState::unready:
      return "unready";
    case NodeState::draining:
      return "draining";
    case NodeState::ending:
      return "ending";
  }
  return {};
}

struct ClusterManager::Impl {
  core::Supervisor supervisor;
};

ClusterManager::ClusterManager(const std::vector<Node>& nodes, ClusterOptions options)
    : impl_(new Impl{.supervisor = core::Supervisor(nodes, std::move(options))}) {}

ClusterManager::~ClusterManager() = default;

void ClusterManager::start() {
  impl_->supervisor.run();
}
void ClusterManager::stop() {
  impl_->supervisor.stop();
}
void ClusterManager::restart() {
  impl_->supervisor.restart();
}
void ClusterManager::reload() {
  impl_->supervisor.reload();
}
void ClusterManager::add(const Node& node) {
  impl_->supervisor.add(node);
}
void ClusterManager::remove(const Node& node) {
  impl_->supervisor.remove(node);
}
std::vector<NodeStatus> ClusterManager::status() const {
  return impl_->supervisor.status();
}
std::size_t ClusterManager::left_to_restart() const {
  return impl_->supervisor.left_to_restart();
}

}  // namespace sentix
