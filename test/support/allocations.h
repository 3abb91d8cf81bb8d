// Counts allocations by replacing the global operator new. For one source of a test binary; the sanitizers have
// replaced it already, so where SENTIX_OPERATOR_NEW_IS_TAKEN is defined there is nothing to count with.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#endif
#endif

#ifndef SENTIX_OPERATOR_NEW_IS_TAKEN
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace sentix::test {

inline std::atomic<std::size_t> allocations{0};      // by all threads that count
inline thread_local bool counts_allocations = true;  // this one does

}  // namespace sentix::test

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (sentix::test::counts_allocations) {
    sentix::test::allocations.fetch_add(1, std::memory_order_relaxed);
  }
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* const memory = operator new(size, std::nothrow)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
#endif
