#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/sentix/doctor/finding.h"

namespace sentix::tools {

// What is well and what is not: figures in, findings out. None of it looks anywhere.

// `limit` is the hard limit of descriptors of a process; `max_clients` 0 is no limit.
[[nodiscard]] Finding judge_descriptors(std::uint64_t max_clients, std::uint64_t limit);

// What became of an attempt to listen. `error` is an errno, 0 where it went well; `owner` who listens there already, as
// "nginx, process 12", empty where that cannot be seen.
[[nodiscard]] Finding judge_address(const std::string& address, int error, const std::string& owner);

// What the kernel allows, where it tells.
struct KernelLimits {
  std::optional<std::uint64_t> somaxconn;      // connections that wait to be accepted, of each listening socket
  std::optional<std::uint64_t> conntrack_max;  // connections that the firewall keeps in mind, where it does
  std::optional<std::uint64_t> tcp_mem_bytes;  // memory of all TCP sockets together
};
[[nodiscard]] Findings judge_kernel(const KernelLimits& limits, std::uint64_t max_clients);

// A folder of durable channels.
struct DataFolder {
  std::string path;
  bool exists = false;
  bool writable = false;  // the folder, or where it is missing the one above it
  bool in_use = false;    // a running server has its lock
  std::uint64_t free_bytes = 0;
};
[[nodiscard]] Finding judge_data_folder(const DataFolder& folder);

// This machine's clock: whether something keeps it right, and how far another's is ahead of it, where that is known.
[[nodiscard]] Finding judge_clock(bool synchronized, std::optional<std::chrono::seconds> ahead,
                                  std::chrono::seconds leeway);

// Whether what is pinged every `ping_interval` (0: never), and given up `pong_timeout` later, outlives the idle
// timeouts that proxies have by default.
[[nodiscard]] Finding judge_pings(std::chrono::milliseconds ping_interval, std::chrono::milliseconds pong_timeout);

// Why a server, or the proxy before it, did not upgrade: `status` of its answer, 0 where that was no HTTP, and `how` as
// a sentence.
[[nodiscard]] Finding judge_refusal(unsigned status, const std::string& how);

}  // namespace sentix::tools
