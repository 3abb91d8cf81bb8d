#include "core/mailbox.h"

#include <algorithm>
#include <utility>

namespace sentix::core {
namespace {

constexpr std::uint64_t kNsPerUs = 1000;
constexpr std::size_t kTakingOne = 15;  // takes as long as so many deliveries of it

// Wraps after an hour and a bit; what waits that long is not measured rightly.
std::uint32_t clock_us() {
  return static_cast<std::uint32_t>(uv_hrtime() / kNsPerUs);
}

}  // namespace

void Mailbox::open(uv_async_t* async) {
  const std::lock_guard lock(mutex_);
  async_ = async;
  owner_ = std::this_thread::get_id();
  if (!posts_.empty()) {
    uv_async_send(async_);
  }
}

void Mailbox::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    async_ = nullptr;
  }
  while (drain_one([](Post&) {})) {
  }
}

void Mailbox::post(const channels::Publication& publication) noexcept {
  try {
    Post copy = publication;
    if (publication.sequence % kMeasured == 1) {
      std::get<channels::Publication>(copy).posted_at_us = clock_us() | 1;
    }
    enqueue(std::move(copy));
  } catch (...) {
    lose();
  }
}

std::optional<std::uint64_t> Mailbox::waited_ns(const channels::Publication& publication) {
  if (publication.posted_at_us == 0) {
    return std::nullopt;
  }
  const std::uint32_t waited_us = (clock_us() | 1) - publication.posted_at_us;
  return waited_us * kNsPerUs;
}

void Mailbox::lose() noexcept {
  lost_.store(true);
  const std::lock_guard lock(mutex_);
  wake_owner();
}

void Mailbox::post_task(channels::SessionId session, SessionTask task) {
  enqueue(SessionPost{session, std::move(task)});
}

void Mailbox::post_task(WorkerTask task) {
  enqueue(std::move(task));
}

std::size_t Mailbox::size_of(const Post& post) {
  const auto* publication = std::get_if<channels::Publication>(&post);
  return sizeof(Post) + (publication != nullptr ? publication->frame.bytes().size() : 0);
}

std::size_t Mailbox::deliveries_of(const Post& post) {
  const auto* publication = std::get_if<channels::Publication>(&post);
  return publication != nullptr ? kTakingOne + publication->receivers : 0;
}

void Mailbox::enqueue(Post post) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  const std::size_t size = size_of(post);
  const std::size_t deliveries = deliveries_of(post);
  const bool first = posts_.empty();
  posts_.push_back(std::move(post));
  bytes_.fetch_add(size, std::memory_order_relaxed);
  deliveries_.fetch_add(deliveries, std::memory_order_relaxed);
  if (congested()) {
    was_congested_.store(true, std::memory_order_relaxed);
  }
  waiting_.store(true, std::memory_order_release);
  if (first) {
    wake_owner();
  }
}

void Mailbox::wake() noexcept {
  const std::lock_guard lock(mutex_);
  wake_owner();
}

void Mailbox::wake_owner() noexcept {
  if (async_ == nullptr || owner_ == std::this_thread::get_id()) {
    return;
  }
  if (WakeBatch* const batch = WakeBatch::of_this_thread_) {
    batch->add(*this);
  } else {
    uv_async_send(async_);
  }
}

thread_local Mailbox::WakeBatch* Mailbox::WakeBatch::of_this_thread_ = nullptr;

Mailbox::WakeBatch::WakeBatch(std::size_t mailboxes) {
  posted_to_.reserve(mailboxes);
  of_this_thread_ = this;
}

Mailbox::WakeBatch::~WakeBatch() {
  of_this_thread_ = nullptr;
  wake_posted();
}

void Mailbox::WakeBatch::add(Mailbox& mailbox) noexcept {
  if (std::find(posted_to_.begin(), posted_to_.end(), &mailbox) == posted_to_.end()) {
    posted_to_.push_back(&mailbox);
  }
}

void Mailbox::WakeBatch::wake_posted() noexcept {
  for (Mailbox* const mailbox : posted_to_) {
    const std::lock_guard lock(mailbox->mutex_);
    if (mailbox->async_ != nullptr) {
      uv_async_send(mailbox->async_);
    }
  }
  posted_to_.clear();
}

bool Mailbox::refill() {
  next_ = 0;
  draining_.clear();
  if (draining_.capacity() > kKeptPosts) {
    draining_.shrink_to_fit();
  }
  const std::lock_guard lock(mutex_);
  draining_.swap(posts_);
  waiting_.store(false, std::memory_order_relaxed);
  return !draining_.empty();
}

}  // namespace sentix::core
