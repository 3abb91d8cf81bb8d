#include "core/cluster/cluster_plan.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace sentix::core {

ClusterMember& ClusterPlan::add(const Node& node, Time now) {
  if (stopping_) {
    throw std::invalid_argument("the cluster is about to end");
  }
  if (find(node) != nullptr) {
    throw std::invalid_argument("there is a node at " + to_text(node) + " already");
  }
  const std::uint16_t admin_port = next_admin_port();
  return members_.emplace_back(ClusterMember{.id = options_.id_prefix + "-" + std::to_string(++last_number_),
                                             .node = node,
                                             .admin_port = admin_port,
                                             .life = NodeLife(options_, now)});
}

void ClusterPlan::remove(const Node& node, Time now) {
  ClusterMember* const member = find(node);
  if (member == nullptr || member->life.leaving()) {
    throw std::invalid_argument("there is no node at " + to_text(node));
  }
  member->life.leave(now);
}

void ClusterPlan::stop(Time now) {
  to_restart_.clear();
  for (ClusterMember& member : members_) {
    if (stopping_) {
      member.life.hurry();
    }
    member.life.leave(now);
  }
  stopping_ = true;
}

void ClusterPlan::restart() {
  to_restart_.clear();
  for (const ClusterMember& member : members_) {
    if (!member.life.leaving()) {
      to_restart_.emplace(member.id, member.life.spawns());
    }
  }
}

void ClusterPlan::step(Time now) {
  members_.remove_if([](const ClusterMember& member) { return member.life.gone(); });
  if (!to_restart_.empty()) {
    restart_next(now);
  }
}

void ClusterPlan::restart_next(Time now) {
  // Who has been started since, and is up, is through; and so is who leaves.
  std::erase_if(to_restart_, [this](const auto& entry) {
    const auto member =
        std::find_if(members_.begin(), members_.end(), [&](const ClusterMember& one) { return one.id == entry.first; });
    return member == members_.end() || member->life.leaving() ||
           (member->life.spawns() > entry.second && member->life.state() == NodeState::up);
  });
  const auto is_away = [](const ClusterMember& member) { return member.life.state() != NodeState::up; };
  const auto is_old = [this](const ClusterMember& member) {
    const auto entry = to_restart_.find(member.id);
    return entry != to_restart_.end() && entry->second == member.life.spawns();
  };
  const auto away = std::count_if(members_.begin(), members_.end(), is_away);
  // One that is away already goes first: it costs nobody anything.
  const auto next = away == 0 ? std::find_if(members_.begin(), members_.end(), is_old)
                              : std::find_if(members_.begin(), members_.end(), is_away);
  if (away <= 1 && next != members_.end() && is_old(*next)) {
    next->life.restart(now);
  }
}

ClusterMember* ClusterPlan::find(const Node& node) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const ClusterMember& member) { return member.node == node; });
  return found == members_.end() ? nullptr : &*found;
}

// The lowest from the base on that no other node has.
std::uint16_t ClusterPlan::next_admin_port() const {
  if (options_.base_admin_port == 0) {
    return 0;
  }
  for (std::uint32_t port = options_.base_admin_port; port <= std::numeric_limits<std::uint16_t>::max(); ++port) {
    const auto has_it = [port](const ClusterMember& member) { return member.admin_port == port; };
    if (std::none_of(members_.begin(), members_.end(), has_it)) {
      return static_cast<std::uint16_t>(port);
    }
  }
  throw std::invalid_argument("there is no port left for an admin listener from " +
                              std::to_string(options_.base_admin_port) + " on");
}

}  // namespace sentix::core
