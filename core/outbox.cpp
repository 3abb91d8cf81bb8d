#include "core/outbox.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace sentix::core {

namespace {

constexpr std::size_t kMovedBytesMax = 2048;  // longer frames are better off with a piece of their own

void give_back(OutboxPool& pool, OutboxPiece* piece) {
  piece->owner = OutboxPiece::Borrowed{};
  pool.pieces.give_back(piece);
}

}  // namespace

OutboxPiece& Outbox::append(OutboxPool& pool) {
  OutboxPiece* piece = pool.pieces.take();
  if (queue_ == nullptr) {
    try {
      queue_ = pool.queues.take();
    } catch (...) {
      pool.pieces.give_back(piece);
      throw;
    }
    queue_->head = piece;
  } else {
    queue_->tail->next = piece;
  }
  queue_->tail = piece;
  ++queue_->pieces;
  return *piece;
}

void Outbox::push(OutboxPool& pool, protocol::SharedFrame frame) {
  OutboxPiece& piece = append(pool);
  piece.bytes = frame.bytes();
  piece.owner = std::move(frame);
  queue_->bytes += piece.bytes.size();
}

void Outbox::push(OutboxPool& pool, protocol::MessageBuffer message, protocol::Opcode opcode) {
  OutboxPiece& piece = append(pool);
  piece.bytes = message.frame(opcode);
  piece.owner = std::move(message);
  queue_->bytes += piece.bytes.size();
}

void Outbox::push(OutboxPool& pool, std::string bytes) {
  OutboxPiece& piece = append(pool);
  auto owner = std::make_unique<std::string>(std::move(bytes));
  piece.bytes = std::as_bytes(std::span(*owner));
  piece.owner = std::move(owner);
  queue_->bytes += piece.bytes.size();
}

void Outbox::push_borrowed(OutboxPool& pool, std::span<std::byte> frame) {
  if (queue_ != nullptr && frame.size() <= kMovedBytesMax &&
      std::holds_alternative<OutboxPiece::Borrowed>(queue_->tail->owner)) {
    OutboxPiece* const tail = queue_->tail;
    const std::ptrdiff_t gap = frame.data() - (tail->bytes.data() + tail->bytes.size());
    assert(gap >= 0);
    std::memmove(frame.data() - gap, frame.data(), frame.size());
    tail->bytes = {tail->bytes.data(), tail->bytes.size() + frame.size()};
    queue_->bytes += frame.size();
    return;
  }
  append(pool).bytes = frame;
  queue_->bytes += frame.size();
}

void Outbox::own_borrowed() {
  OutboxPiece* const head = queue_ == nullptr ? nullptr : queue_->head;
  for (OutboxPiece* piece = head; piece != nullptr; piece = piece->next) {
    if (std::holds_alternative<OutboxPiece::Borrowed>(piece->owner)) {
      auto copy =
          std::make_unique<std::string>(reinterpret_cast<const char*>(piece->bytes.data()), piece->bytes.size());
      piece->bytes = std::as_bytes(std::span(*copy));
      piece->owner = std::move(copy);
    }
  }
}

std::size_t Outbox::gather(std::span<iovec> vectors, std::size_t bytes_max) const {
  if (queue_ == nullptr) {
    return 0;
  }
  std::size_t count = 0;
  std::size_t skip = queue_->written;
  for (const OutboxPiece* piece = queue_->head; piece != nullptr && count < vectors.size() && bytes_max > 0;
       piece = piece->next) {
    const auto bytes = piece->bytes.subspan(std::exchange(skip, 0));
    vectors[count] = {const_cast<std::byte*>(bytes.data()), std::min(bytes.size(), bytes_max)};
    bytes_max -= vectors[count++].iov_len;
  }
  return count;
}

void Outbox::consume(OutboxPool& pool, std::size_t count) {
  assert(count <= bytes());
  if (queue_ == nullptr) {
    return;
  }
  OutboxQueue& queue = *queue_;
  queue.bytes -= count;
  queue.written += count;
  while (queue.head != nullptr && queue.written >= queue.head->bytes.size()) {
    queue.written -= queue.head->bytes.size();
    give_back(pool, std::exchange(queue.head, queue.head->next));
    --queue.pieces;
  }
  if (queue.head == nullptr) {
    release_queue(pool);
  }
}

void Outbox::drop_unstarted(OutboxPool& pool, std::size_t sealed) {
  const std::size_t begun = queue_ == nullptr ? 0 : queue_->written + sealed;
  if (begun == 0) {
    clear(pool);
    return;
  }
  OutboxQueue& queue = *queue_;
  assert(sealed <= queue.bytes);
  queue.tail = queue.head;
  queue.pieces = 1;
  std::size_t kept = queue.head->bytes.size();
  for (; kept < begun; ++queue.pieces) {
    queue.tail = queue.tail->next;
    kept += queue.tail->bytes.size();
  }
  drop_from(pool, std::exchange(queue.tail->next, nullptr));
  queue.bytes = kept - queue.written;
}

void Outbox::clear(OutboxPool& pool) {
  if (queue_ != nullptr) {
    drop_from(pool, queue_->head);
    release_queue(pool);
  }
}

void Outbox::drop_from(OutboxPool& pool, OutboxPiece* first) {
  while (first != nullptr) {
    give_back(pool, std::exchange(first, first->next));
  }
}

void Outbox::release_queue(OutboxPool& pool) {
  *queue_ = {};
  pool.queues.give_back(std::exchange(queue_, nullptr));
}

}  // namespace sentix::core
