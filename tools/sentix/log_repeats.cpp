#include "tools/sentix/log_repeats.h"

#include <utility>

namespace sentix::tools {

namespace {

constexpr std::string_view kOtherLines = "other lines";

}  // namespace

bool LogRepeats::passes(const core::LogLine& line) {
  if (lines_max_ == 0 || line.level == core::LogLevel::debug) {
    return true;
  }
  std::string_view kind = line.reason.empty() ? line.text : line.reason;
  const std::lock_guard lock(mutex_);
  auto found = counts_.find(kind);
  if (found == counts_.end()) {
    if (counts_.size() >= kKindsMax) {
      kind = kOtherLines;
    }
    found = counts_.emplace(kind, Count{.level = line.level}).first;
  }
  return ++found->second.lines <= lines_max_;
}

std::vector<LogRepeats::Held> LogRepeats::end_period() {
  std::map<std::string, Count, std::less<>> counts;
  {
    const std::lock_guard lock(mutex_);
    counts.swap(counts_);
  }
  std::vector<Held> held;
  for (auto& [kind, count] : counts) {
    if (count.lines > lines_max_) {
      held.push_back({.kind = kind, .level = count.level, .lines = count.lines - lines_max_});
    }
  }
  return held;
}

}  // namespace sentix::tools
