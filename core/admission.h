#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "core/address.h"
#include "protocol/refusal.h"

namespace sentix::core {

// Counts the clients of all workers against the limits, before they are upgraded. Any thread may call anything.
class Admission {
 public:
  struct Limits {
    std::size_t clients;              // 0: no limit
    std::size_t clients_per_address;  // 0: no limit, and nothing is kept per address
  };
  explicit Admission(Limits limits) : limits_(limits) {}

  // Counts one more client; or says why there is no room for it, and counts nothing.
  std::optional<protocol::Refusal> enter(const Address& address);

  // Takes a client away that entered.
  void leave(const Address& address);

  [[nodiscard]] std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }

 private:
  bool enter_address(const Address& address);

  const Limits limits_;
  std::atomic<std::size_t> clients_{0};
  std::mutex mutex_;
  std::map<std::array<std::uint8_t, 16>, std::size_t> by_address_;  // never more than there are clients
};

}  // namespace sentix::core
