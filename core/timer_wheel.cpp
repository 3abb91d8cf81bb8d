#include "core/timer_wheel.h"

#include <algorithm>

namespace sentix::core {

void Timer::disarm() {
  if (next_ != nullptr) {
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }
}

TimerWheel::TimerWheel() {
  for (Timer& slot : slots_) {
    slot.next_ = slot.previous_ = &slot;
  }
}

TimerWheel::~TimerWheel() {
  for (Timer& slot : slots_) {
    while (Timer* timer = first(slot)) {
      timer->disarm();
    }
  }
}

void TimerWheel::arm(Timer& timer, Tick deadline) {
  timer.disarm();
  timer.deadline_ = deadline;
  Timer& slot = slots_[std::max(deadline, now_ + 1) % kSlots];
  timer.next_ = &slot;
  timer.previous_ = slot.previous_;
  slot.previous_->next_ = &timer;
  slot.previous_ = &timer;
}

void TimerWheel::take_all(Timer& from, Timer& to) {
  if (first(from) == nullptr) {
    to.next_ = to.previous_ = &to;
    return;
  }
  to.next_ = from.next_;
  to.previous_ = from.previous_;
  to.next_->previous_ = &to;
  to.previous_->next_ = &to;
  from.next_ = from.previous_ = &from;
}

}  // namespace sentix::core
