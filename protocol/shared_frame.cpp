#include "protocol/shared_frame.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "protocol/frame_header.h"

namespace sentix::protocol {

// The head of one allocation. Behind it lie room for a header, of which the header fills the end, and `capacity` bytes
// for the payload.
struct SharedFrame::Block {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t header_size = 0;
  std::size_t payload_size = 0;
  std::size_t capacity;

  explicit Block(std::size_t payload_capacity) : capacity(payload_capacity) {}

  std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1) + kServerFrameHeaderBytesMax; }

  static Block* allocate(std::size_t capacity) {
    constexpr std::size_t kOverhead = sizeof(Block) + kServerFrameHeaderBytesMax;
    if (capacity > std::numeric_limits<std::size_t>::max() - kOverhead) {
      throw std::bad_alloc();
    }
    return new (::operator new(kOverhead + capacity)) Block(capacity);
  }
  static void free(Block* block) {
    block->~Block();
    ::operator delete(block);
  }
};

// A copy is made from a frame that is held already, so nothing needs to be ordered.
SharedFrame::SharedFrame(const SharedFrame& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) {
    block_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

// The last holder frees the block after every other holder's reads.
SharedFrame::~SharedFrame() {
  if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    Block::free(block_);
  }
}

SharedFrame SharedFrame::copy_of(Opcode opcode, std::span<const std::byte> payload) {
  FrameBuilder builder(payload.size());
  builder.append(payload);
  return std::move(builder).finish(opcode);
}

Opcode SharedFrame::opcode() const noexcept {
  return static_cast<Opcode>(bytes()[0] & std::byte{0xF});
}

std::span<const std::byte> SharedFrame::bytes() const noexcept {
  if (block_ == nullptr) {
    return {};
  }
  return {block_->payload() - block_->header_size, block_->header_size + block_->payload_size};
}

std::span<const std::byte> SharedFrame::payload() const noexcept {
  if (block_ == nullptr) {
    return {};
  }
  return {block_->payload(), block_->payload_size};
}

FrameBuilder::FrameBuilder(std::size_t payload_bytes) : block_(SharedFrame::Block::allocate(payload_bytes)) {}

FrameBuilder::~FrameBuilder() {
  if (block_ != nullptr) {
    SharedFrame::Block::free(block_);
  }
}

void FrameBuilder::append(std::string_view text) {
  append(std::as_bytes(std::span(text)));
}

void FrameBuilder::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) {
    return;
  }
  std::memcpy(free_space(bytes.size()).data(), bytes.data(), bytes.size());
  extend(bytes.size());
}

void FrameBuilder::append_number(std::uint64_t number) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

// Doubling keeps the cost of many small appends linear.
void FrameBuilder::grow(std::size_t more) {
  const std::size_t size = block_->payload_size;
  auto* const larger = SharedFrame::Block::allocate(std::max(size + more, 2 * block_->capacity));
  std::memcpy(larger->payload(), block_->payload(), size);
  larger->payload_size = size;
  SharedFrame::Block::free(std::exchange(block_, larger));
}

std::span<std::byte> FrameBuilder::free_space(std::size_t size) {
  if (size > block_->capacity - block_->payload_size) {
    grow(size);
  }
  return {block_->payload() + block_->payload_size, size};
}

void FrameBuilder::extend(std::size_t size) {
  assert(size <= block_->capacity - block_->payload_size);
  block_->payload_size += size;
}

std::size_t FrameBuilder::payload_size() const noexcept {
  return block_->payload_size;
}

SharedFrame FrameBuilder::finish(Opcode opcode) && {
  assert(!is_control(opcode) || block_->payload_size <= kControlPayloadMax);
  const auto frame = prepend_frame_header(opcode, {block_->payload(), block_->payload_size});
  block_->header_size = static_cast<std::uint32_t>(frame.size() - block_->payload_size);
  return SharedFrame(std::exchange(block_, nullptr));
}

SharedFrame FrameBuilder::finish_compressed(Opcode opcode) && {
  constexpr std::byte kRsv1{0x40};
  SharedFrame::Block* const block = block_;
  SharedFrame frame = std::move(*this).finish(opcode);
  *(block->payload() - block->header_size) |= kRsv1;
  return frame;
}

}  // namespace sentix::protocol
