#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace sentix::load {

// What a process has used up to now, as Linux's /proc tells it.
struct ProcessUsage {
  double cpu_seconds = 0;  // of all its threads that still run
  std::uint64_t resident_bytes = 0;
};

// Nothing where there is no such process, or it may not be looked at.
[[nodiscard]] std::optional<ProcessUsage> usage_of(pid_t process);

}  // namespace sentix::load
