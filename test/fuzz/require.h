#pragma once

#include <cstdio>
#include <cstdlib>

namespace sentix::test {

// A property of a fuzzer: where it does not hold, the process ends and says which one it was.
// (Clang 14 has no std::source_location.)
inline void require(bool property, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!property) {
    std::fprintf(stderr, "%s:%d: the property does not hold\n", file, line);
    std::abort();
  }
}

}  // namespace sentix::test
