#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "core/cluster/node_life.h"
#include "sentix/cluster_manager.h"

namespace sentix::core {

// A node that there is to be, and its life.
struct ClusterMember {
  std::string id;
  Node node;
  std::uint16_t admin_port;  // 0: a free one, with each start
  NodeLife life;
};

// Which nodes there are to be, and in which order a restart goes through them. No I/O, no clock, no thread.
class ClusterPlan {
 public:
  using Time = NodeLife::Time;

  // `options` outlive this.
  explicit ClusterPlan(const ClusterOptions& options) : options_(options) {}

  // std::invalid_argument with a sentence where it is there already, or there is no port for its admin listener.
  ClusterMember& add(const Node& node, Time now);
  // std::invalid_argument with a sentence where there is none, or it leaves already.
  void remove(const Node& node, Time now);
  // All leave; when asked again, in a hurry.
  void stop(Time now);
  // Every node there is is to be started once more, one at a time. A restart that is under way begins again.
  void restart();

  // Lets the next node of a restart go, where all others are up; forgets those that have gone. To be called before the
  // members' own steps.
  void step(Time now);

  // Addresses of members stay.
  [[nodiscard]] std::list<ClusterMember>& members() { return members_; }
  [[nodiscard]] const std::list<ClusterMember>& members() const { return members_; }
  [[nodiscard]] std::size_t left_to_restart() const { return to_restart_.size(); }
  [[nodiscard]] bool over() const { return stopping_ && members_.empty(); }

 private:
  void restart_next(Time now);
  [[nodiscard]] ClusterMember* find(const Node& node);
  [[nodiscard]] std::uint16_t next_admin_port() const;

  const ClusterOptions& options_;
  std::list<ClusterMember> members_;
  std::map<std::string, std::size_t> to_restart_;  // their spawns when the restart began, by id
  std::size_t last_number_ = 0;
  bool stopping_ = false;
};

}  // namespace sentix::core
