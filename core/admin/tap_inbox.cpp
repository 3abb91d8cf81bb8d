#include "core/admin/tap_inbox.h"

namespace sentix::core {

// Where there is no memory to wake anybody, the next one tries again.
template <class Add>
void TapInbox::add(Add&& add) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    add();
    if (!woken_) {
      wake_();
      woken_ = true;
    }
  } catch (...) {
  }
}

void TapInbox::post(const channels::Publication& publication) noexcept {
  add([&] {
    const std::size_t size = publication.frame.bytes().size();
    if (waiting_.dropped > 0 || bytes_ + size > bytes_max_) {
      ++waiting_.dropped;
      return;
    }
    waiting_.frames.push_back(publication.frame);
    bytes_ += size;
  });
}

void TapInbox::lose() noexcept {
  add([&] { ++waiting_.dropped; });
}

TapInbox::Taken TapInbox::take() {
  const std::lock_guard lock(mutex_);
  bytes_ = 0;
  woken_ = false;
  return std::exchange(waiting_, {});
}

}  // namespace sentix::core
