#include "tools/load/process_usage.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace sentix::load {

namespace {

namespace fs = std::filesystem;

constexpr double kNanoseconds = 1e-9;

// The first number of a file, which is all that is wanted of these.
std::optional<std::uint64_t> first_number(const fs::path& file) {
  std::uint64_t number = 0;
  if (std::ifstream(file) >> number) {
    return number;
  }
  return std::nullopt;
}

// The nanoseconds that its threads have run. Kernels may be without this count.
std::optional<double> cpu_seconds_of_threads(const fs::path& process) {
  std::error_code error;
  std::uint64_t nanoseconds = 0;
  for (const auto& thread : fs::directory_iterator(process / "task", error)) {
    const auto ran = first_number(thread.path() / "schedstat");
    if (!ran) {
      return std::nullopt;
    }
    nanoseconds += *ran;
  }
  return error ? std::nullopt : std::optional(static_cast<double>(nanoseconds) * kNanoseconds);
}

// What every kernel has, in hundredths of a second.
std::optional<double> cpu_seconds_in_ticks(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));  // the name may hold anything
  std::string skipped;
  for (int field = 3; field < 14; ++field) {
    fields >> skipped;
  }
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (fields >> user >> system) {
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> resident_bytes(const fs::path& process) {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;  // both in pages
  if (std::ifstream(process / "statm") >> size >> resident) {
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return std::nullopt;
}

}  // namespace

std::optional<ProcessUsage> usage_of(pid_t process) {
  const fs::path folder = fs::path("/proc") / std::to_string(process);
  auto seconds = cpu_seconds_of_threads(folder);
  if (!seconds) {
    seconds = cpu_seconds_in_ticks(folder);
  }
  const auto bytes = resident_bytes(folder);
  if (!seconds || !bytes) {
    return std::nullopt;
  }
  return ProcessUsage{.cpu_seconds = *seconds, .resident_bytes = *bytes};
}

}  // namespace sentix::load
