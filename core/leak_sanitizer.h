#pragma once

// LeakSanitizer searches for pointers in what malloc gave, and not in what mmap did: without this, whatever an object
// in mapped memory owns is a leak to it. In builds without AddressSanitizer nothing is called.

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define SENTIX_LEAK_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SENTIX_LEAK_SANITIZER 1
#endif
#endif

#ifdef SENTIX_LEAK_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

namespace sentix::core {

// `memory` may own things, until forget_root() with the same two.
inline void search_root([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t size) {
#ifdef SENTIX_LEAK_SANITIZER
  __lsan_register_root_region(memory, size);
#endif
}

inline void forget_root([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t size) {
#ifdef SENTIX_LEAK_SANITIZER
  __lsan_unregister_root_region(memory, size);
#endif
}

}  // namespace sentix::core
