#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/leak_sanitizer.h"

namespace sentix::core {

// Objects that never move, in chunks, found by the number of their slot. A slot that was given back is used again, and
// a chunk of which every slot was given back is freed while another free one remains. Chunks come from the system and
// go back there, past malloc, so that the memory of a great many objects does not stay with the process when they are
// gone.
//
// Belongs to one thread. Every object must have been destroyed before the slab goes.
template <class T>
class Slab {
 public:
  static constexpr std::size_t kChunkSlots = 1024;

  // The number of the slot that the next create() will use.
  [[nodiscard]] std::uint32_t next_slot() {
    if (free_.empty()) {
      grow();
    }
    return free_.back();
  }

  template <class... Args>
  T& create(Args&&... args) {
    const std::uint32_t slot = next_slot();
    T* object = new (place(slot)) T(std::forward<Args>(args)...);
    free_.pop_back();
    Chunk& chunk = *chunks_[slot / kChunkSlots];
    chunk.used[slot % kChunkSlots] = true;
    ++chunk.used_count;
    ++size_;
    return *object;
  }

  void destroy(std::uint32_t slot) {
    place(slot)->~T();
    Chunk& chunk = *chunks_[slot / kChunkSlots];
    chunk.used[slot % kChunkSlots] = false;
    --chunk.used_count;
    --size_;
    free_.push_back(slot);
    if (chunk.used_count == 0 && free_.size() >= 4 * kChunkSlots) {
      release(slot / kChunkSlots);
    }
  }

  // Null where the slot holds nothing.
  [[nodiscard]] T* find(std::uint32_t slot) {
    const std::size_t chunk = slot / kChunkSlots;
    if (chunk >= chunks_.size() || !chunks_[chunk] || !chunks_[chunk]->used[slot % kChunkSlots]) {
      return nullptr;
    }
    return place(slot);
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  // Objects are in slots below this.
  [[nodiscard]] std::uint32_t slot_count() const { return static_cast<std::uint32_t>(chunks_.size() * kChunkSlots); }

  // Calls visit(T&) for every object, in no particular order. `visit` may not create or destroy.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      for (std::size_t i = 0; chunks_[chunk] && i < kChunkSlots; ++i) {
        if (chunks_[chunk]->used[i]) {
          visit(*place(static_cast<std::uint32_t>(chunk * kChunkSlots + i)));
        }
      }
    }
  }

 private:
  struct Chunk {
    alignas(T) std::array<std::byte, kChunkSlots * sizeof(T)> storage;
    std::array<bool, kChunkSlots> used{};
    std::size_t used_count = 0;
  };

  struct Unmap {
    void operator()(Chunk* chunk) const {
      forget_root(chunk, sizeof(Chunk));
      ::munmap(chunk, sizeof(Chunk));
    }
  };
  using ChunkPtr = std::unique_ptr<Chunk, Unmap>;

  static ChunkPtr map_chunk() {
    void* const memory = ::mmap(nullptr, sizeof(Chunk), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::bad_alloc();
    }
    search_root(memory, sizeof(Chunk));
    return ChunkPtr(new (memory) Chunk);
  }

  T* place(std::uint32_t slot) {
    return std::launder(
        reinterpret_cast<T*>(chunks_[slot / kChunkSlots]->storage.data() + (slot % kChunkSlots) * sizeof(T)));
  }

  void grow() {
    std::size_t chunk = 0;
    while (chunk < chunks_.size() && chunks_[chunk]) {
      ++chunk;
    }
    if (chunk == chunks_.size()) {
      chunks_.emplace_back();
    }
    if (free_.capacity() < chunks_.size() * kChunkSlots) {
      free_.reserve(2 * chunks_.size() * kChunkSlots);  // so that giving back never allocates
    }
    chunks_[chunk] = map_chunk();
    for (std::size_t i = kChunkSlots; i-- > 0;) {
      free_.push_back(static_cast<std::uint32_t>(chunk * kChunkSlots + i));
    }
  }

  void release(std::size_t chunk) {
    chunks_[chunk].reset();
    std::erase_if(free_, [chunk](std::uint32_t slot) { return slot / kChunkSlots == chunk; });
  }

  std::vector<ChunkPtr> chunks_;  // null where a chunk was freed
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace sentix::core
