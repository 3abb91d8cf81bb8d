#include "tools/load/pacer.h"

#include <sys/timerfd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "tools/load/client.h"

namespace sentix::load {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

}  // namespace

Pacer::Pacer(uv_loop_t& loop, double per_second, std::function<void(std::uint64_t)> due)
    : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      due_(std::move(due)),
      interval_(static_cast<double>(kSecond) / per_second) {
  if (!timer_ || uv_poll_init(&loop, &poll_, timer_.get()) != 0) {
    throw std::system_error(errno, std::generic_category(), "no timer");
  }
  poll_.data = this;
}

void Pacer::start() {
  next_ = static_cast<double>(now());
  uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<Pacer*>(handle->data)->wake(); });
  wake();
}

void Pacer::stop() {
  if (!std::exchange(stopped_, true)) {
    uv_close(reinterpret_cast<uv_handle_t*>(&poll_), nullptr);
  }
}

void Pacer::wake() {
  std::uint64_t expirations = 0;
  static_cast<void>(::read(timer_.get(), &expirations, sizeof expirations));  // so that it is not readable any more
  const auto time = static_cast<double>(now());
  while (next_ <= time && !stopped_) {
    due_(static_cast<std::uint64_t>(next_));
    next_ += interval_;
  }
  if (!stopped_) {
    arm();
  }
}

void Pacer::arm() const {
  const auto next = static_cast<std::uint64_t>(next_) + 1;  // a time of zero would disarm
  const itimerspec when{
      .it_interval = {},
      .it_value = {.tv_sec = static_cast<time_t>(next / kSecond), .tv_nsec = static_cast<long>(next % kSecond)}};
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace sentix::load
