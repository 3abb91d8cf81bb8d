#pragma once

#include <uv.h>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace sentix::core {

// How other threads reach the admin thread: what workers answer is posted here. It is shared, because who answers late
// may outlive the listener. post() is for any thread, the rest for the admin thread.
class AdminInbox {
 public:
  using Task = std::function<void()>;

  // Whom to wake; it belongs to the admin thread's loop.
  void open(uv_async_t* async) {
    const std::lock_guard lock(mutex_);
    async_ = async;
  }

  // What waits is dropped, like all that comes later.
  void close() {
    const std::lock_guard lock(mutex_);
    async_ = nullptr;
    tasks_.clear();
  }

  void post(Task task) {
    const std::lock_guard lock(mutex_);
    if (async_ != nullptr) {
      tasks_.push_back(std::move(task));
      uv_async_send(async_);
    }
  }

  [[nodiscard]] std::vector<Task> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(tasks_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Task> tasks_;
  uv_async_t* async_ = nullptr;
};

}  // namespace sentix::core
