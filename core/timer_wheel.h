#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sentix::core {

// Time as a worker counts it: whole ticks since the worker began. 32 bits last for years, and are half the size in
// every connection.
using Tick = std::uint32_t;
constexpr std::chrono::milliseconds kTick{50};

// A duration in ticks, rounded up, at least one: a deadline may come late by a tick, never early. What is longer than a
// year and a half is cut to that, so that a few of them may be added to the present.
constexpr Tick ticks(std::chrono::milliseconds duration) {
  constexpr Tick kTicksMax = 1 << 30;
  const auto whole = duration / kTick + (duration % kTick > std::chrono::milliseconds::zero() ? 1 : 0);
  return static_cast<Tick>(whole < 1 ? 1 : whole > kTicksMax ? kTicksMax : whole);
}

// Something with one deadline. A wheel links it in place, so arming it never allocates. Must not move or go while it is
// armed; the destructor disarms.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { disarm(); }

  [[nodiscard]] bool armed() const { return next_ != nullptr; }
  [[nodiscard]] Tick deadline() const { return deadline_; }
  void disarm();

 private:
  friend class TimerWheel;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
  Tick deadline_ = 0;
};

// All deadlines of one worker: a hashed wheel, in which arming, disarming and re-arming take constant time and a tick
// looks at the timers of its own slot only. A deadline more than one turn away is passed over until its turn has come.
//
// Has no clock: whoever owns it says what time it is.
class TimerWheel {
 public:
  TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // Arms the timer for `deadline`, whatever it was armed for before. A deadline that has passed comes due at the next
  // advance().
  void arm(Timer& timer, Tick deadline);

  // Calls due(Timer&) for every timer whose deadline is at or before `now`, each disarmed before its call. `due` may
  // arm, disarm and destroy any timer.
  template <class Due>
  void advance(Tick now, Due&& due) {
    while (now_ < now) {
      ++now_;
      Timer& slot = slots_[now_ % kSlots];
      Timer
          pending;  // the slot's timers move here first, so that what is armed meanwhile is not met again in this round
      take_all(slot, pending);
      while (Timer* timer = first(pending)) {
        if (timer->deadline_ <= now_) {
          timer->disarm();
          due(*timer);
        } else {
          arm(*timer, timer->deadline_);
        }
      }
    }
  }

 private:
  static constexpr std::size_t kSlots = 1024;  // 51 s a turn: longer than the usual deadlines

  static Timer* first(Timer& list) { return list.next_ == &list ? nullptr : list.next_; }
  static void take_all(Timer& from, Timer& to);

  std::array<Timer, kSlots> slots_;  // each the head of a circular list
  Tick now_ = 0;
};

}  // namespace sentix::core
