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
// 4 KiB, which is more than receiving into it does. What is not kept is freed step by step (free_some), because giving
// 64 MiB back to the system at once takes 11 ms, and everybody else would wait for it.
//
// Belongs to one thread, and outlives whatever took from it.
class BufferPool {
 public:
  static constexpr std::size_t kBlockBytesMin = std::size_t{64} * 1024;    // smaller blocks are not kept
  static constexpr std::size_t kStepBytes = std::size_t{4} * 1024 * 1024;  // freed at once: less than a millisecond

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

  // Keeps the block, or lets it go where it is too small or too much is kept already.
  void give(Block block) noexcept;

  // Lets go of what has not been needed since the last call. To be called now and then.
  void trim() noexcept;

  // Frees a step of what was let go of. Whether there is more: then to be called again after other work.
  bool free_some() noexcept;

  [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }
  [[nodiscard]] std::size_t leaving_bytes() const { return leaving_bytes_; }

 private:
  void let_go(Block block) noexcept;

  const std::size_t bytes_max_;
  std::vector<Block> blocks_;
  std::size_t kept_bytes_ = 0;
  std::size_t spare_ = 0;  // of the blocks, how many at least were there at any time since the last trim()
  std::vector<Block> leaving_;
  std::size_t leaving_bytes_ = 0;
};

}  // namespace sentix::protocol
