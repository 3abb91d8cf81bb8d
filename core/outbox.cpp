#include "core/outbox.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace sentix::core {

OutboxPool::~OutboxPool() {
  while (free_ != nullptr) {
    delete std::exchange(free_, free_->next);
  }
}

OutboxPiece* OutboxPool::take() {
  if (free_ == nullptr) {
    return new OutboxPiece;
  }
  --free_count_;
  OutboxPiece* piece = std::exchange(free_, free_->next);
  piece->next = nullptr;
  return piece;
}

void OutboxPool::give_back(OutboxPiece* piece) {
  piece->owner = OutboxPiece::Borrowed{};
  if (free_count_ == kKept) {
    delete piece;
    return;
  }
  piece->next = std::exchange(free_, piece);
  ++free_count_;
}

OutboxPiece& Outbox::append(OutboxPool& pool) {
  OutboxPiece* piece = pool.take();
  (tail_ == nullptr ? head_ : tail_->next) = piece;
  tail_ = piece;
  ++pieces_;
  return *piece;
}

void Outbox::push(OutboxPool& pool, protocol::SharedFrame frame) {
  OutboxPiece& piece = append(pool);
  piece.bytes = frame.bytes();
  piece.owner = std::move(frame);
  bytes_ += piece.bytes.size();
}

void Outbox::push(OutboxPool& pool, protocol::MessageBuffer message, protocol::Opcode opcode) {
  OutboxPiece& piece = append(pool);
  piece.bytes = message.frame(opcode);
  piece.owner = std::move(message);
  bytes_ += piece.bytes.size();
}

void Outbox::push(OutboxPool& pool, std::string bytes) {
  OutboxPiece& piece = append(pool);
  auto owner = std::make_unique<std::string>(std::move(bytes));
  piece.bytes = std::as_bytes(std::span(*owner));
  piece.owner = std::move(owner);
  bytes_ += piece.bytes.size();
}

void Outbox::push_borrowed(OutboxPool& pool, std::span<const std::byte> bytes) {
  append(pool).bytes = bytes;
  bytes_ += bytes.size();
}

void Outbox::own_borrowed() {
  for (OutboxPiece* piece = head_; piece != nullptr; piece = piece->next) {
    if (std::holds_alternative<OutboxPiece::Borrowed>(piece->owner)) {
      auto copy =
          std::make_unique<std::string>(reinterpret_cast<const char*>(piece->bytes.data()), piece->bytes.size());
      piece->bytes = std::as_bytes(std::span(*copy));
      piece->owner = std::move(copy);
    }
  }
}

std::size_t Outbox::gather(std::span<iovec> vectors) const {
  std::size_t count = 0;
  std::size_t skip = written_;
  for (const OutboxPiece* piece = head_; piece != nullptr && count < vectors.size(); piece = piece->next) {
    const auto bytes = piece->bytes.subspan(std::exchange(skip, 0));
    vectors[count++] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
  }
  return count;
}

void Outbox::consume(OutboxPool& pool, std::size_t count) {
  assert(count <= bytes_);
  bytes_ -= count;
  written_ += count;
  while (head_ != nullptr && written_ >= head_->bytes.size()) {
    written_ -= head_->bytes.size();
    pool.give_back(std::exchange(head_, head_->next));
    --pieces_;
  }
  if (head_ == nullptr) {
    tail_ = nullptr;
  }
}

void Outbox::drop_unstarted(OutboxPool& pool, std::size_t sealed) {
  const std::size_t begun = written_ + sealed;
  if (begun == 0) {
    clear(pool);
    return;
  }
  assert(sealed <= bytes_);
  tail_ = head_;
  pieces_ = 1;
  std::size_t kept = head_->bytes.size();
  for (; kept < begun; ++pieces_) {
    tail_ = tail_->next;
    kept += tail_->bytes.size();
  }
  drop_from(pool, std::exchange(tail_->next, nullptr));
  bytes_ = kept - written_;
}

void Outbox::clear(OutboxPool& pool) {
  drop_from(pool, std::exchange(head_, nullptr));
  tail_ = nullptr;
  bytes_ = 0;
  pieces_ = 0;
  written_ = 0;
}

void Outbox::drop_from(OutboxPool& pool, OutboxPiece* first) {
  while (first != nullptr) {
    pool.give_back(std::exchange(first, first->next));
  }
}

}  // namespace sentix::core
