#include "protocol/buffer_pool.h"

#include <algorithm>
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
    blocks_.erase(blocks_.begin());
  }
  spare_ = blocks_.size();
}

}  // namespace sentix::protocol
