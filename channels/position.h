#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sentix::channels {

// Clocks are core's; here time is an argument, from std::chrono::steady_clock.
using Time = std::chrono::steady_clock::time_point;

// A place in a channel's history. Offsets count the kept publications of one epoch densely from 1; another epoch means
// that the history began anew and that offsets of the two cannot be compared.
struct Position {
  std::string epoch;  // short enough to be copied without an allocation
  std::uint64_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// A new epoch: text that no other history has, in this process or another.
std::string make_epoch();

}  // namespace sentix::channels
