#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/backoff.h"
#include "sentix/cluster_manager.h"

namespace sentix::core {

// What is to be done to a node's process at this moment.
enum class NodeAction : std::uint8_t { none, spawn, terminate, kill };

// The life of one node, without its process: what happens to it goes in, what is to be done comes out.
//
//   waiting --> starting --> up <--> unready
//      ^           |         |         |     asked to end: draining; hung: ending
//      +-----------+---------+---------+---- ended: after a pause, at once where it was asked to, or never again
//
// It never asks the clock: `now` is an argument, and never goes back.
class NodeLife {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  // `options`, of which only the durations and counts are looked at, outlive this. The first start is due at once.
  NodeLife(const ClusterOptions& options, Time now);

  // What is due; terminate and kill are told once. After `spawn` the caller says spawned() or ended().
  [[nodiscard]] NodeAction step(Time now);

  // --- What happened
  void spawned(Time now);
  // It ended, or could not be spawned. `random` is any 32 bits.
  void ended(Time now, std::uint32_t random);
  void answered(bool ready);  // GET /health, and so GET /ready
  void did_not_answer();

  // --- What is wanted
  void restart(Time now);  // drains it; the next start is due as soon as it has ended
  void leave(Time now);    // drains it; there is no next start
  void hurry();            // whoever drains is killed

  [[nodiscard]] NodeState state() const { return state_; }
  [[nodiscard]] bool leaving() const { return leaving_; }
  [[nodiscard]] bool gone() const { return leaving_ && state_ == NodeState::waiting; }
  [[nodiscard]] bool hung() const { return hung_; }             // since it was spawned last
  [[nodiscard]] std::size_t spawns() const { return spawns_; }  // and attempts, so far
  [[nodiscard]] Time next_start() const { return until_; }      // while it is waiting

 private:
  void drain(Time now);
  NodeAction kill();

  const ClusterOptions& options_;
  Backoff backoff_;
  NodeState state_ = NodeState::waiting;
  NodeAction due_ = NodeAction::none;  // to be told by step(), once
  Time until_;                         // of the pause, of the patience with a start, or with a drain
  Time spawned_at_{};
  unsigned failed_probes_ = 0;
  std::size_t spawns_ = 0;
  bool leaving_ = false;
  bool at_once_ = false;  // it was asked to end, so that its next start needs no pause
  bool hung_ = false;
};

}  // namespace sentix::core
