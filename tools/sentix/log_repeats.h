#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.h"

namespace sentix::tools {

// Keeps what happens again and again from filling the log: of each kind of line the first so many in a period pass, and
// the others are counted. Lines are of one kind where their reason is the same, and where they have none, their text.
// Debug lines always pass: whoever asks for them wants them all.
//
// Any thread may call anything. It has no clock: a period ends when end_period() is called.
class LogRepeats {
 public:
  // So many lines of one kind pass; 0: all.
  explicit LogRepeats(std::uint64_t lines_max) : lines_max_(lines_max) {}

  [[nodiscard]] bool passes(const core::LogLine& line);

  struct Held {
    std::string kind;
    core::LogLevel level{};
    std::uint64_t lines = 0;
  };
  // What did not pass since the last call.
  [[nodiscard]] std::vector<Held> end_period();

  [[nodiscard]] std::uint64_t lines_max() const { return lines_max_; }

 private:
  static constexpr std::size_t kKindsMax = 1024;  // of which memory is kept; all others count as one kind

  struct Count {
    core::LogLevel level{};
    std::uint64_t lines = 0;
  };

  const std::uint64_t lines_max_;
  std::mutex mutex_;
  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace sentix::tools
