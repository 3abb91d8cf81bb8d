#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "protocol/opcode.h"

namespace sentix::protocol {

// One immutable, finished, unmasked frame, header included, that any number of outboxes on any thread share: what a
// server sends is encoded once and afterwards only pointed at.
//
// A SharedFrame is a counted pointer (8 bytes; null when default-constructed or moved from). Copying counts atomically
// and never allocates. The bytes live until the last copy is gone. Any thread may hold, copy and read one.
class SharedFrame {
 public:
  SharedFrame() = default;
  SharedFrame(const SharedFrame& other) noexcept;
  SharedFrame(SharedFrame&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedFrame& operator=(SharedFrame other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedFrame();

  // A whole frame of `opcode` around a copy of `payload`. A control frame's payload is at most 125 bytes (asserted).
  static SharedFrame copy_of(Opcode opcode, std::span<const std::byte> payload);

  explicit operator bool() const noexcept { return block_ != nullptr; }

  // Of a frame that is not null.
  [[nodiscard]] Opcode opcode() const noexcept;

  // The frame as it goes over the wire, and the payload inside it. Both are valid as long as some copy of this frame
  // lives.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept;
  [[nodiscard]] std::span<const std::byte> payload() const noexcept;

 private:
  friend class FrameBuilder;
  struct Block;
  explicit SharedFrame(Block* block) noexcept : block_(block) {}
  Block* block_ = nullptr;
};

// Writes a payload piece by piece straight into the memory that the finished frame will keep: room for the longest
// header is left in front, and finish() writes the header that the payload turned out to need right before it. One
// allocation, grown when the estimate was too small.
//
// Belongs to one thread. After finish(), or moved from, it may only be destroyed.
class FrameBuilder {
 public:
  // `payload_bytes` is an estimate; where it is enough, nothing is allocated or copied twice.
  explicit FrameBuilder(std::size_t payload_bytes);
  FrameBuilder(FrameBuilder&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  FrameBuilder& operator=(FrameBuilder&&) = delete;
  ~FrameBuilder();

  void append(std::string_view text);
  void append(std::span<const std::byte> bytes);
  void append_number(std::uint64_t number);  // in decimal

  [[nodiscard]] std::size_t payload_size() const noexcept;

  // Room for `size` more bytes, valid until the next call; and that the first `size` of them have been written.
  std::span<std::byte> free_space(std::size_t size);
  void extend(std::size_t size);

  // The finished frame. A control frame's payload is at most 125 bytes (asserted).
  [[nodiscard]] SharedFrame finish(Opcode opcode) &&;

  // The same for a payload that was compressed: its frame has RSV1 (RFC 7692 §6).
  [[nodiscard]] SharedFrame finish_compressed(Opcode opcode) &&;

 private:
  void grow(std::size_t more);

  SharedFrame::Block* block_ = nullptr;
};

}  // namespace sentix::protocol
