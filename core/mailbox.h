#pragma once

#include <uv.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "channels/inbox.h"

namespace sentix::core {

class Worker;

// How other threads reach a worker: what they post waits here until the worker drains it, which it does before it
// sleeps. The first post to an empty mailbox wakes the worker up; posts of its own do not need to, and those of another
// worker do at the end of its turn (WakeBatch).
//
// It is full above a number of bytes, which bounds memory. Long before it is congested: by the deliveries that its
// publications will make, and for those who publish to many, by the deliveries that the worker has made of earlier ones
// and not sent. That bounds how long somebody else's publication waits behind those of a flood.
//
// post*(), set_bytes_max(), bytes(), full(), congested() and wake() are for any thread, the rest for the worker's own.
class Mailbox final : public channels::Inbox {
 public:
  using WorkerTask = std::function<void(Worker&)>;
  using SessionTask = std::function<void(channels::Session&)>;

  // Full above `bytes_max`, or what it is set to later.
  explicit Mailbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Whom to wake: `async` is initialised, and belongs to a loop that the calling thread runs. Before it posts are only
  // queued.
  void open(uv_async_t* async);

  // Nobody will drain any more: `async` is not used again, and what waits is dropped, like all that comes later.
  void close();

  void post(const channels::Publication& publication) noexcept override;
  void lose() noexcept override;
  void post_task(channels::SessionId session, SessionTask task) override;
  [[nodiscard]] bool congested(std::size_t receivers) const override {
    const std::size_t unsent = receivers > kFewReceivers ? unsent_.load(std::memory_order_relaxed) : 0;
    return deliveries_.load(std::memory_order_relaxed) + unsent > kDeliveriesMax || full();
  }
  [[nodiscard]] bool congested() const { return congested(kDeliveriesMax); }  // for somebody

  void post_task(WorkerTask task);
  [[nodiscard]] bool full() const override {
    return bytes_.load(std::memory_order_relaxed) > bytes_max_.load(std::memory_order_relaxed);
  }
  void set_bytes_max(std::size_t bytes_max) { bytes_max_.store(bytes_max, std::memory_order_relaxed); }

  // What waits, by what it costs.
  [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  // The worker is to have a turn, of its own or when the batch says so.
  void wake() noexcept;

  // How many deliveries have been made and not sent.
  void set_unsent(std::size_t deliveries) {
    unsent_.store(deliveries, std::memory_order_relaxed);
    if (deliveries > kDeliveriesMax) {
      was_congested_.store(true, std::memory_order_relaxed);
    }
  }

  // To make so many takes a worker about a millisecond, and to send them, tens of milliseconds.
  static constexpr std::size_t kDeliveriesMax = 32768;
  static constexpr std::size_t kFewReceivers = 64;

  // How long a publication that was taken out has waited; of one in kMeasured, so that a clock is rarely read.
  static constexpr std::uint64_t kMeasured = 16;
  [[nodiscard]] static std::optional<std::uint64_t> waited_ns(const channels::Publication& publication);

  struct SessionPost {
    channels::SessionId session;
    SessionTask task;
  };
  using Post = std::variant<channels::Publication, SessionPost, WorkerTask>;

  // While a thread has one of these, at most one, its posts wake nobody before wake_posted(): so a worker whose turn
  // posts much wakes each of the others once, and these find all of it.
  class WakeBatch {
   public:
    explicit WakeBatch(std::size_t mailboxes);
    ~WakeBatch();
    WakeBatch(const WakeBatch&) = delete;
    WakeBatch& operator=(const WakeBatch&) = delete;

    void wake_posted() noexcept;

   private:
    friend class Mailbox;
    void add(Mailbox& mailbox) noexcept;

    static thread_local WakeBatch* of_this_thread_;
    std::vector<Mailbox*> posted_to_;  // each once, so that there is always room
  };

  // Hands the oldest post to take(Post&). False where there was none.
  template <class Take>
  bool drain_one(Take&& take) {
    if (next_ == draining_.size() && !refill()) {
      return false;
    }
    Post post = std::move(draining_[next_++]);
    bytes_.fetch_sub(size_of(post), std::memory_order_relaxed);
    deliveries_.fetch_sub(deliveries_of(post), std::memory_order_relaxed);
    take(post);
    return true;
  }

  // Whether something was lost since the last time.
  [[nodiscard]] bool take_lost() { return lost_.load(std::memory_order_relaxed) && lost_.exchange(false); }

  // Whether it has been congested since the last time that this was true, and is not any more.
  [[nodiscard]] bool take_relief() {
    return !congested() && was_congested_.load(std::memory_order_relaxed) && was_congested_.exchange(false);
  }

  // Whether there is something to drain.
  [[nodiscard]] bool waiting() const { return next_ < draining_.size() || waiting_.load(std::memory_order_acquire); }

 private:
  static constexpr std::size_t kKeptPosts = 65536;  // room that is kept for; more is given back once a flood is over

  static std::size_t size_of(const Post& post);
  static std::size_t deliveries_of(const Post& post);
  void enqueue(Post post);
  void wake_owner() noexcept;  // with the lock held
  bool refill();

  std::atomic<std::size_t> bytes_max_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> deliveries_{0};
  std::atomic<std::size_t> unsent_{0};
  std::atomic<bool> was_congested_{false};
  std::atomic<bool> waiting_{false};  // posts_ is not empty
  std::atomic<bool> lost_{false};     // there was no memory for a post

  std::mutex mutex_;
  std::vector<Post> posts_;
  uv_async_t* async_ = nullptr;
  bool closed_ = false;
  std::thread::id owner_;

  std::vector<Post> draining_;  // the worker's own, exchanged with posts_ under the lock
  std::size_t next_ = 0;
};

}  // namespace sentix::core
