// Counts allocations in a test binary that support/allocations.cpp is linked into, which replaces the global operator
// new. The sanitizers have replaced it already: where SENTIX_OPERATOR_NEW_IS_TAKEN is defined nothing is counted.
#pragma once

#include <atomic>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#endif
#endif

namespace sentix::test {

inline std::atomic<std::size_t> allocations{0};      // by all threads that count
inline thread_local bool counts_allocations = true;  // this one does

}  // namespace sentix::test
