#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>

#include "core/file_descriptor.h"

namespace sentix::load {

// Says when something is due, a fixed number of times a second, however late the loop is: what was missed is made up
// for at once, each with the time when it should have been. Latencies that count from that time do not hide that a
// server which stalled kept us from asking (coordinated omission).
//
// Wakes by a timerfd (Linux), because libuv's timers know milliseconds only. Belongs to the thread of its loop.
class Pacer {
 public:
  // Calls due(time), as now() counts. Throws std::system_error where there is no timer to be had.
  Pacer(uv_loop_t& loop, double per_second, std::function<void(std::uint64_t)> due);
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void start();
  void stop();  // for good; the loop must run once more before the pacer goes

 private:
  void wake();
  void arm() const;

  core::FileDescriptor timer_;
  uv_poll_t poll_{};
  std::function<void(std::uint64_t)> due_;
  double interval_;  // nanoseconds
  double next_ = 0;
  bool stopped_ = false;
};

}  // namespace sentix::load
