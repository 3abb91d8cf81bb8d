#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "tools/load/histogram.h"

namespace sentix::load {

// What has happened up to a moment. What happened between two moments is their difference.
struct Totals {
  std::uint64_t sent = 0;            // messages
  std::uint64_t received = 0;        // answers and deliveries; what a scenario counts as one
  std::uint64_t bytes_sent = 0;      // as handed to the kernel
  std::uint64_t bytes_received = 0;  // as got from it
  std::uint64_t connected = 0;       // connections that were opened, also those that are closed by now
  std::uint64_t ready = 0;           // and have subscribed to what the scenario wants
  std::uint64_t finished = 0;        // connections that are over, for whatever reason
  std::uint64_t errors = 0;
  Histogram latency;

  Totals& operator+=(const Totals& other);
  Totals& operator-=(const Totals& earlier);
};

// A number that one thread adds to while others look.
class Counter {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Kept by a shard's thread; totals() and failures() may be called from any.
class Meter {
 public:
  Counter sent;
  Counter received;
  Counter bytes_sent;
  Counter bytes_received;
  Counter connected;
  Counter ready;
  Counter finished;
  LiveHistogram latency;

  // Something went wrong that a server that works does not do, in words.
  void failed(const std::string& how);

  // A connection ended with this, as expected or not: "closed with 4101".
  void ended(const std::string& how);

  [[nodiscard]] Totals totals() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> failures() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> endings() const;

 private:
  Counter errors_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> failures_;
  std::map<std::string, std::uint64_t> endings_;
};

}  // namespace sentix::load
