#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/load/meter.h"
#include "tools/load/options.h"
#include "tools/load/process_usage.h"

namespace sentix::load {

// Where everything stood at a moment of a run.
struct Moment {
  double seconds = 0;  // since the run began
  Totals totals;
  double client_cpu_seconds = 0;
  std::optional<ProcessUsage> server;
};

// What happened between two moments.
struct Interval {
  double begin = 0;  // since the measurement began
  double seconds = 0;
  Totals totals;
  double client_cpu_seconds = 0;
  std::optional<double> server_cpu_seconds;
};

[[nodiscard]] Interval between(const Moment& first, const Moment& last, double measured_from);

// The server's memory while connections were opened.
struct MemoryGrowth {
  struct Point {
    std::uint64_t connections;
    std::uint64_t resident_bytes;
  };
  Point before;
  Point first;  // when about the first thousand were there
  Point all;

  // By how much each connection between `first` and `all` made the server larger; nothing where there were none.
  [[nodiscard]] std::optional<double> bytes_per_connection() const;
};

// What came of a run.
struct Outcome {
  Options options;
  std::uint64_t connections = 0;  // that were ready
  double connect_seconds = 0;
  Interval measured;
  std::vector<Interval> seconds;                       // the measurement, about a second each
  std::optional<std::uint64_t> server_resident_bytes;  // at the end of the measurement
  std::optional<MemoryGrowth> memory;
  std::map<std::string, std::uint64_t> failures;  // over the whole run
  std::map<std::string, std::uint64_t> endings;
  std::uint64_t unanswered = 0;  // at the end of an open loop of requests
  bool interrupted = false;

  // Messages a second.
  [[nodiscard]] double rate() const;
  // Microseconds of the server's processor time for each message received.
  [[nodiscard]] std::optional<double> server_microseconds() const;
  // Of all of a thread's time: 1 is a thread that never waits.
  [[nodiscard]] double client_share() const;
  [[nodiscard]] std::optional<double> server_share() const;  // 1 is one processor
  // What a reader should know before he believes the figures.
  [[nodiscard]] std::vector<std::string> warnings() const;
};

}  // namespace sentix::load
