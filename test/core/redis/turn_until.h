#pragma once

#include <uv.h>

#include <chrono>
#include <functional>

#include "core/uv_handle.h"

namespace sentix::test {

// Far longer than anything takes: a machine may be slow.
constexpr std::chrono::seconds kPatience{60};

// Turns the loop until something holds, and calls `at_times` every few milliseconds meanwhile, so that a turn ends
// where nothing happens. False: it never held.
template <class Condition>
bool turn_until(
    uv_loop_t& loop, Condition&& holds, std::function<void()> at_times = [] {}) {
  const auto tick =
      core::make_uv_handle<uv_timer_t>(&at_times, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); });
  uv_timer_start(
      tick.get(), [](uv_timer_t* timer) { (*static_cast<std::function<void()>*>(timer->data))(); }, 5, 5);
  for (const auto end = std::chrono::steady_clock::now() + kPatience; !holds();) {
    if (std::chrono::steady_clock::now() >= end) {
      return false;
    }
    uv_run(&loop, UV_RUN_ONCE);
  }
  return true;
}

}  // namespace sentix::test
