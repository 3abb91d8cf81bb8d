#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace sentix::test {

// A property of a fuzzer: where it does not hold, the process ends and says which one it was.
inline void require(bool property, std::source_location where = std::source_location::current()) {
  if (!property) {
    std::fprintf(stderr, "%s:%u: the property does not hold\n", where.file_name(), where.line());
    std::abort();
  }
}

}  // namespace sentix::test
