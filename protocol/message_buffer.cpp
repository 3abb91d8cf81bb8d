#include "protocol/message_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "protocol/frame_header.h"

namespace sentix::protocol {
namespace {

constexpr std::size_t kGrowthMin = 4096;

}  // namespace

MessageBuffer::MessageBuffer(MessageBuffer&& other) noexcept
    : pool_(other.pool_),
      memory_(std::move(other.memory_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

MessageBuffer& MessageBuffer::operator=(MessageBuffer&& other) noexcept {
  give_back();
  pool_ = other.pool_;
  memory_ = std::move(other.memory_);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

MessageBuffer::~MessageBuffer() {
  give_back();
}

void MessageBuffer::give_back() noexcept {
  if (pool_ != nullptr && memory_) {
    pool_->give({.memory = std::move(memory_), .bytes = kHeaderRoom + capacity_});
  }
}

std::span<std::byte> MessageBuffer::free_space(std::size_t wanted) {
  assert(wanted > 0);
  if (capacity_ - size_ < std::min(wanted, kGrowthMin)) {
    grow(size_ + 1, size_ + wanted);
  }
  return {start() + size_, std::min(wanted, capacity_ - size_)};
}

std::span<std::byte> MessageBuffer::extend(std::size_t size) {
  assert(size <= capacity_ - size_);
  std::byte* const from = start() + size_;
  size_ += size;
  return {from, size};
}

std::span<std::byte> MessageBuffer::append(std::span<const std::byte> bytes, std::size_t size_max) {
  assert(size_ + bytes.size() <= size_max);
  if (bytes.empty()) {
    return {};
  }
  if (bytes.size() > capacity_ - size_) {
    grow(size_ + bytes.size(), size_max);
  }
  std::memcpy(start() + size_, bytes.data(), bytes.size());
  return extend(bytes.size());
}

std::span<const std::byte> MessageBuffer::frame(Opcode opcode) {
  if (!memory_) {
    grow(0, 0);
  }
  return prepend_frame_header(opcode, payload());
}

bool MessageBuffer::take_from_pool(std::size_t size) {
  if (pool_ == nullptr || size < BufferPool::kBlockBytesMin) {
    return false;
  }
  BufferPool::Block block = pool_->take(kHeaderRoom + size);
  if (!block.memory) {
    return false;
  }
  memory_ = std::move(block.memory);
  capacity_ = block.bytes - kHeaderRoom;
  return true;
}

void MessageBuffer::grow(std::size_t size_min, std::size_t size_max) {
  if (!memory_ && take_from_pool(size_max)) {
    return;
  }
  const std::size_t doubled = std::max(kGrowthMin, 2 * capacity_);
  const std::size_t capacity = std::max(size_min, std::min(size_max, doubled));
  if (capacity > std::numeric_limits<std::size_t>::max() - kHeaderRoom) {
    throw std::bad_alloc();
  }
  void* const memory = std::realloc(memory_.get(), kHeaderRoom + capacity);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  static_cast<void>(memory_.release());  // realloc has freed it
  memory_.reset(static_cast<std::byte*>(memory));
  capacity_ = capacity;
}

}  // namespace sentix::protocol
