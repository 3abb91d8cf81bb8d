#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace sentix::protocol {

// Memory from malloc, so that growing may happen in place.
struct FreeMemory {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<std::byte, FreeMemory>;

// The memory of large messages that are done with, kept for those that come: new memory costs a page fault for every
// 4 KiB, which is more than receiving into it does.
//
// Belongs to one thread, and outlives whatever took from it.
class BufferPool {
 public:
  static constexpr std::size_t kBlockBytesMin = std::size_t{64} * 1024;  // smaller blocks are not kept

  struct Block {
    Memory memory;
    std::size_t bytes = 0;
  };

  // Keeps `bytes_max` at the most.
  explicit BufferPool(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // The smallest block of `bytes` or more. Null where there is none, or only one that would be wasted on so little.
  Block take(std::size_t bytes) noexcept;

  // Keeps the block, or frees it where it is too small or too much is kept already.
  void give(Block block) noexcept;

  // Frees what has not been needed since the last call. To be called now and then.
  void trim() noexcept;

  [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

 private:
  const std::size_t bytes_max_;
  std::vector<Block> blocks_;
  std::size_t kept_bytes_ = 0;
  std::size_t spare_ = 0;  // of the blocks, how many at least were there at any time since the last trim()
};

}  // namespace sentix::protocol
