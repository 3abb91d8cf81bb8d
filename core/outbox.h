#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

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

// Where the pieces of all of one worker's outboxes come from, so that queueing does not allocate once the pool is warm.
class OutboxPool {
 public:
  OutboxPool() = default;
  OutboxPool(const OutboxPool&) = delete;
  OutboxPool& operator=(const OutboxPool&) = delete;
  ~OutboxPool();

  OutboxPiece* take();
  void give_back(OutboxPiece* piece);

 private:
  static constexpr std::size_t kKept = 16384;  // pieces; the rest goes back to the heap
  OutboxPiece* free_ = nullptr;
  std::size_t free_count_ = 0;
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

  // Bytes that stay valid and unchanged only until own_borrowed().
  void push_borrowed(OutboxPool& pool, std::span<const std::byte> bytes);

  // Copies what is still waiting of borrowed bytes.
  void own_borrowed();

  [[nodiscard]] bool empty() const { return head_ == nullptr; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // What waiting costs: the bytes, and the pieces that they are in, which outweigh the bytes of a short frame.
  [[nodiscard]] std::size_t held_bytes() const { return bytes_ + pieces_ * sizeof(OutboxPiece); }

  // Points `vectors` at what waits, from its front. Returns how many were set.
  std::size_t gather(std::span<iovec> vectors) const;

  // `count` bytes from the front have been written.
  void consume(OutboxPool& pool, std::size_t count);

  // Drops everything but what is partly written, a peer must not see half a frame, or is among the next `sealed` bytes:
  // those are to be written in any case (Stream::sealed_bytes).
  void drop_unstarted(OutboxPool& pool, std::size_t sealed = 0);

  void clear(OutboxPool& pool);

 private:
  OutboxPiece& append(OutboxPool& pool);
  void drop_from(OutboxPool& pool, OutboxPiece* first);

  OutboxPiece* head_ = nullptr;
  OutboxPiece* tail_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t pieces_ = 0;
  std::size_t written_ = 0;  // of the head
};

}  // namespace sentix::core
