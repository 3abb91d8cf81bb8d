#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <string_view>

namespace sentix::test {

// A copy of some bytes between two unreadable pages, pushed against one of them: a parser that reads or writes one byte
// outside of its input dies at that instruction, in every build, also where no sanitizer looks (hand-written SIMD,
// libraries).
//
//   GuardedBytes input(bytes);                                  // ends at the unreadable page
//   GuardedBytes input(bytes, GuardedBytes::Against::front);    // begins at it
//   parse(input.span());
class GuardedBytes {
 public:
  enum class Against { front, back };

  explicit GuardedBytes(std::span<const std::byte> bytes, Against against = Against::back) : size_(bytes.size()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t usable = (size_ + page - 1) / page * page;
    mapped_ = usable + 2 * page;
    void* mapping = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) {
      throw std::bad_alloc();
    }
    base_ = static_cast<std::byte*>(mapping);
    if (usable > 0 && mprotect(base_ + page, usable, PROT_READ | PROT_WRITE) != 0) {
      munmap(base_, mapped_);
      throw std::bad_alloc();
    }
    data_ = base_ + page + (against == Against::back ? usable - size_ : 0);
    if (size_ > 0) {
      std::memcpy(data_, bytes.data(), size_);
    }
  }
  explicit GuardedBytes(std::string_view text, Against against = Against::back)
      : GuardedBytes(std::as_bytes(std::span(text)), against) {}
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { munmap(base_, mapped_); }

  [[nodiscard]] std::span<std::byte> span() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  std::byte* base_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;
};

}  // namespace sentix::test
