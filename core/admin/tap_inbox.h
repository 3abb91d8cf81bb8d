#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "channels/inbox.h"

namespace sentix::core {

// What a tapped channel brings, until the admin thread takes it. It never holds a publisher up: what does not fit into
// `bytes_max` is left out and counted. take() is for one thread, the rest for any.
class TapInbox final : public channels::Inbox {
 public:
  // `wake` is called on the publisher's thread, with the channel's lock held, when there is something after there was
  // nothing; it may only post somewhere.
  TapInbox(std::size_t bytes_max, std::function<void()> wake) : bytes_max_(bytes_max), wake_(std::move(wake)) {}

  void post(const channels::Publication& publication) noexcept override;
  void lose() noexcept override;
  void post_task(channels::SessionId, std::function<void(channels::Session&)>) override {}  // it has no sessions
  [[nodiscard]] bool congested(std::size_t /*receivers*/) const override { return false; }
  [[nodiscard]] bool full() const override { return false; }

  struct Taken {
    std::vector<protocol::SharedFrame> frames;  // in the channel's order
    std::uint64_t dropped = 0;                  // that would have come behind them
  };
  [[nodiscard]] Taken take();

 private:
  template <class Add>
  void add(Add&& add) noexcept;

  const std::size_t bytes_max_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  Taken waiting_;
  std::size_t bytes_ = 0;
  bool woken_ = false;  // and nothing has been taken since
};

}  // namespace sentix::core
