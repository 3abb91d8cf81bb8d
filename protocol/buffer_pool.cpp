#include "protocol/buffer_pool.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sentix::protocol {
namespace {

constexpr std::size_t kWasteMax = 4;  // times what is needed

}  // namespace

BufferPool::Block BufferPool::take(std::size_t bytes) noexcept {
  auto best = blocks_.end();
  for (auto block = blocks_.begin(); block != blocks_.end(); ++block) {
    const bool fits = block->bytes >= bytes && block->bytes / kWasteMax <= bytes;
    if (fits && (best == blocks_.end() || block->bytes < best->bytes)) {
      best = block;
    }
  }
  if (best == blocks_.end()) {
    return {};
  }
  std::swap(*best, blocks_.back());
  Block taken = std::move(blocks_.back());
  blocks_.pop_back();
  kept_bytes_ -= taken.bytes;
  spare_ = std::min(spare_, blocks_.size());
  return taken;
}

void BufferPool::give(Block block) noexcept {
  if (block.bytes < kBlockBytesMin || block.bytes > bytes_max_ - kept_bytes_) {
    let_go(std::move(block));
    return;
  }
  const std::size_t bytes = block.bytes;
  try {
    blocks_.push_back(std::move(block));
    kept_bytes_ += bytes;
  } catch (...) {  // no memory to keep it by
  }
}

void BufferPool::trim() noexcept {
  for (; spare_ > 0; --spare_) {
    kept_bytes_ -= blocks_.front().bytes;
    let_go(std::move(blocks_.front()));
    blocks_.erase(blocks_.begin());
  }
  spare_ = blocks_.size();
}

void BufferPool::let_go(Block block) noexcept {
  if (block.bytes <= kStepBytes) {
    return;
  }
  const std::size_t bytes = block.bytes;
  try {
    leaving_.push_back(std::move(block));
    leaving_bytes_ += bytes;
  } catch (...) {  // then at once
  }
}

// More at a time where much waits, so that what is received can never outrun what is freed.
bool BufferPool::free_some() noexcept {
  std::size_t step = std::max(kStepBytes, leaving_bytes_ / 8);
  while (!leaving_.empty() && step > 0) {
    Block& block = leaving_.back();
    const std::size_t freed = std::min(step, block.bytes);
    step -= freed;
    leaving_bytes_ -= freed;
    block.bytes -= freed;
    // A block of malloc that shrinks gives the pages behind its new end back.
    void* const rest = block.bytes == 0 ? nullptr : std::realloc(block.memory.get(), block.bytes);
    if (rest != nullptr) {
      static_cast<void>(block.memory.release());
      block.memory.reset(static_cast<std::byte*>(rest));
    } else {
      leaving_bytes_ -= block.bytes;
      leaving_.pop_back();
    }
  }
  return !leaving_.empty();
}

}  // namespace sentix::protocol
