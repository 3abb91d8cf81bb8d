#include "core/cluster/node_life.h"

#include <utility>

namespace sentix::core {

NodeLife::NodeLife(const ClusterOptions& options, Time now)
    : options_(options), backoff_(options.restart_first, options.restart_max), until_(now) {}

NodeAction NodeLife::step(Time now) {
  if (due_ != NodeAction::none) {
    return std::exchange(due_, NodeAction::none);
  }
  switch (state_) {
    case NodeState::waiting:
      return !leaving_ && now >= until_ ? NodeAction::spawn : NodeAction::none;
    case NodeState::starting:
      hung_ = now >= until_;
      return hung_ ? kill() : NodeAction::none;
    case NodeState::up:
    case NodeState::unready:
      hung_ = failed_probes_ >= options_.probes_failed_max;
      return hung_ ? kill() : NodeAction::none;
    case NodeState::draining:
      return now >= until_ ? kill() : NodeAction::none;
    case NodeState::ending:
      break;
  }
  return NodeAction::none;
}

void NodeLife::spawned(Time now) {
  state_ = NodeState::starting;
  spawned_at_ = now;
  until_ = now + options_.start_timeout;
  failed_probes_ = 0;
  hung_ = false;
  ++spawns_;
}

void NodeLife::ended(Time now, std::uint32_t random) {
  if (state_ == NodeState::waiting) {
    ++spawns_;  // an attempt as well
  } else if (at_once_ || now - spawned_at_ >= options_.steady_after) {
    backoff_.reset();
  }
  until_ = at_once_ ? now : now + backoff_.next(random);
  state_ = NodeState::waiting;
  due_ = NodeAction::none;
  at_once_ = false;
}

void NodeLife::answered(bool ready) {
  failed_probes_ = 0;
  if (state_ == NodeState::starting || state_ == NodeState::up || state_ == NodeState::unready) {
    state_ = ready ? NodeState::up : NodeState::unready;
  }
}

// While it starts, nobody needs to answer: start_timeout is for that.
void NodeLife::did_not_answer() {
  if (state_ == NodeState::up || state_ == NodeState::unready) {
    ++failed_probes_;
  }
}

void NodeLife::restart(Time now) {
  if (state_ == NodeState::waiting) {
    until_ = now;
  } else {
    at_once_ = true;
    drain(now);
  }
}

void NodeLife::leave(Time now) {
  leaving_ = true;
  if (state_ != NodeState::waiting) {
    drain(now);
  }
}

void NodeLife::hurry() {
  if (state_ == NodeState::draining) {
    due_ = kill();
  }
}

void NodeLife::drain(Time now) {
  if (state_ != NodeState::draining && state_ != NodeState::ending) {
    state_ = NodeState::draining;
    until_ = now + options_.drain_timeout;
    due_ = NodeAction::terminate;
  }
}

NodeAction NodeLife::kill() {
  state_ = NodeState::ending;
  return NodeAction::kill;
}

}  // namespace sentix::core
