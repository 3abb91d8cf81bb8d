#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "core/timer_wheel.h"
#include "protocol/message_buffer.h"
#include "protocol/shared_frame.h"

namespace sentix::core {

// One piece of what waits for a connection: bytes, and whoever keeps them alive.
struct OutboxPiece {
  // Nobody: they lie in the worker's receive buffer, and must be gone or copied before that is used again
  // (Outbox::own_borrowed).
  using Borrowed = std::monostate;
  std::variant<Borrowed, protocol::SharedFrame, protocol::MessageBuffer, std::unique_ptr<std::string>> owner;
  std::span<const std::byte> bytes;
  OutboxPiece* next = nullptr;
};

// The pieces of one outbox. Only an outbox in which something waits has one.
struct OutboxQueue {
  OutboxPiece* head = nullptr;
  OutboxPiece* tail = nullptr;
  std::size_t bytes = 0;
  std::size_t pieces = 0;
  std::size_t written = 0;  // of the head
  Tick moved_at = 0;        // see Outbox::moved_at()
  OutboxQueue* next = nullptr;
};

// Objects that were given back, for those who need one next.
template <class T>
class FreeList {
 public:
  explicit FreeList(std::size_t kept) : kept_(kept) {}
  FreeList(const FreeList&) = delete;
  FreeList& operator=(const FreeList&) = delete;
  ~FreeList() {
    while (first_ != nullptr) {
      delete std::exchange(first_, first_->next);
    }
  }

  T* take() {
    if (first_ == nullptr) {
      spare_ = 0;
      return new T;
    }
    T* const object = take_first();
    spare_ = std::min(spare_, count_);
    return object;
  }

  // As good as new.
  void give_back(T* object) {
    if (count_ == kept_) {
      delete object;
      return;
    }
    object->next = std::exchange(first_, object);
    ++count_;
  }

  // Frees what has not been needed since the last call.
  void trim() {
    for (; spare_ > 0; --spare_) {
      delete take_first();
    }
    spare_ = count_;
  }

  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  T* take_first() {
    --count_;
    T* const object = std::exchange(first_, first_->next);
    object->next = nullptr;
    return object;
  }

  const std::size_t kept_;  // the rest goes back to the heap
  T* first_ = nullptr;
  std::size_t count_ = 0;
  std::size_t spare_ = 0;  // of those, how many at least were there at any time since the last trim()
};

// Where all of one worker's outboxes have their parts from, so that queueing does not allocate once the pool is warm.
struct OutboxPool {
  FreeList<OutboxPiece> pieces{16384};
  FreeList<OutboxQueue> queues{4096};
};

// What waits to be written to one connection, in order. An empty one owns nothing. Belongs to one worker, and must be
// emptied with clear() before it goes.
class Outbox {
 public:
  Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void push(OutboxPool& pool, protocol::SharedFrame frame);
  void push(OutboxPool& pool, protocol::MessageBuffer message, protocol::Opcode opcode);
  void push(OutboxPool& pool, std::string bytes);

  // A frame that stays valid and unchanged only until own_borrowed(). What is borrowed at one time lies in one buffer,
  // in the order of pushing. A short frame behind another one is moved up to it, over what lies between them (the
  // masking keys of what was received): moving it costs less than a piece of its own.
  void push_borrowed(OutboxPool& pool, std::span<std::byte> frame);

  // Copies what is still waiting of borrowed bytes.
  void own_borrowed();

  [[nodiscard]] bool empty() const { return queue_ == nullptr; }
  [[nodiscard]] std::size_t pieces() const { return queue_ == nullptr ? 0 : queue_->pieces; }
  [[nodiscard]] std::size_t bytes() const { return queue_ == nullptr ? 0 : queue_->bytes; }

  // What waiting costs: the bytes, and the pieces that they are in, which outweigh the bytes of a short frame.
  [[nodiscard]] std::size_t held_bytes() const {
    return queue_ == nullptr ? 0 : queue_->bytes + queue_->pieces * sizeof(OutboxPiece);
  }

  // Points `vectors` at what waits, from its front, at `bytes_max` of it at the most. Returns how many were set.
  std::size_t gather(std::span<iovec> vectors, std::size_t bytes_max) const;

  // `count` bytes from the front have been written.
  void consume(OutboxPool& pool, std::size_t count);

  // When some of what waits was last taken, or when it began to wait. Of an outbox that is not empty.
  [[nodiscard]] Tick moved_at() const { return queue_->moved_at; }
  void moved(Tick now) {
    if (queue_ != nullptr) {
      queue_->moved_at = now;
    }
  }
  void begins_to_wait(Tick now) {
    if (queue_ != nullptr && queue_->moved_at == 0) {
      queue_->moved_at = now;
    }
  }

  // Drops everything but what is partly written, a peer must not see half a frame, or is among the next `sealed` bytes:
  // those are to be written in any case (Stream::sealed_bytes).
  void drop_unstarted(OutboxPool& pool, std::size_t sealed = 0);

  void clear(OutboxPool& pool);

 private:
  OutboxPiece& append(OutboxPool& pool);
  void drop_from(OutboxPool& pool, OutboxPiece* first);
  void release_queue(OutboxPool& pool);

  OutboxQueue* queue_ = nullptr;
};

}  // namespace sentix::core
