#pragma once

#include <cstddef>
#include <span>

#include "protocol/buffer_pool.h"
#include "protocol/opcode.h"

namespace sentix::protocol {

// The memory in which a message that arrives in pieces becomes whole. It grows with what has arrived, by doubling,
// never with what was announced, so that a peer cannot make us allocate by a header alone; memory is not cleared first.
// Where a pool has memory that fits, that is used: it has been paid for.
//
// In front of the payload there is room for a server's frame header: a message is sent on (echo, relay) without being
// copied.
//
// Movable owner; empty when default-constructed or moved from. Spans into it are valid until it grows or is destroyed.
class MessageBuffer {
 public:
  // `pool`, where it is not null, gets large memory back in the end.
  explicit MessageBuffer(BufferPool* pool = nullptr) : pool_(pool) {}
  MessageBuffer(MessageBuffer&& other) noexcept;
  MessageBuffer& operator=(MessageBuffer&& other) noexcept;
  ~MessageBuffer();

  [[nodiscard]] std::span<std::byte> payload() { return {start(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  // Free space behind the payload: at most `wanted` bytes (one or more), and not so few that a read into it is wasted.
  // The buffer grows for it where it must, but not beyond size() + `wanted`.
  std::span<std::byte> free_space(std::size_t wanted);

  // Takes over `size` bytes that were written to the front of the free space, and returns them.
  std::span<std::byte> extend(std::size_t size);

  // Appends a copy and returns it. The payload may become `size_max` bytes in the end, which bounds how far the buffer
  // grows ahead.
  std::span<std::byte> append(std::span<const std::byte> bytes, std::size_t size_max);

  // The payload as one finished, unmasked frame. The header is written in front of it.
  std::span<const std::byte> frame(Opcode opcode);

 private:
  std::byte* start() { return memory_ ? memory_.get() + kHeaderRoom : nullptr; }
  void grow(std::size_t size_min, std::size_t size_max);
  bool take_from_pool(std::size_t size);
  void give_back() noexcept;

  static constexpr std::size_t kHeaderRoom =
      16;  // the longest header is 10; 16 keep the payload as aligned as memory is

  BufferPool* pool_;
  Memory memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // of payload
};

}  // namespace sentix::protocol
