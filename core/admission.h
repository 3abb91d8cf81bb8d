#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "core/address.h"
#include "protocol/refusal.h"

namespace sentix::core {

// Counts the connections of all workers against the limits: those that are clients, and those that are none yet or any
// more, the strangers. The limits are the caller's, who may have others later. Any thread may call anything.
class Admission {
 public:
  struct Limits {
    std::size_t clients;              // 0: no limit
    std::size_t clients_per_address;  // of neighbours (auth/network.h); 0: no limit, and nothing is kept
    std::size_t handshakes;           // of those that shake hands, and with fewer of these of all strangers
    std::size_t resident_bytes = 0;   // of memory that the process has; 0: no limit
  };

  // Counts one more client; or says why there is no room for it, and counts nothing.
  std::optional<protocol::Refusal> enter(const Address& address, const Limits& limits);

  // Takes a client away that entered, by limits that agree with those it entered by on whether addresses are counted.
  void leave(const Address& address, const Limits& limits);

  // Of a client that entered before addresses were counted, and of one that leaves after.
  void count_address(const Address& address);
  void uncount_address(const Address& address);

  // Tells how much memory the process has. Above the limit nobody enters, until it is below by a sixteenth of it. True
  // where that has begun or ended now.
  bool measure_memory(std::size_t resident_bytes, const Limits& limits);
  [[nodiscard]] bool short_of_memory() const { return short_of_memory_.load(std::memory_order_relaxed); }

  // Counts one more connection that shakes hands. False: it is one too many, and one has to go.
  [[nodiscard]] bool begin_handshake(const Limits& limits) {
    return handshakes_.fetch_add(1, std::memory_order_relaxed) < limits.handshakes;
  }
  // It has become a client, or stranger_answered() counts it from now on until stranger_gone().
  void handshake_done() { handshakes_.fetch_sub(1, std::memory_order_relaxed); }
  void stranger_answered() { strangers_.fetch_add(1, std::memory_order_relaxed); }
  void stranger_gone() { strangers_.fetch_sub(1, std::memory_order_relaxed); }
  // Whether those that have had their answer are not to be waited for any longer.
  [[nodiscard]] bool too_many_strangers(const Limits& limits) const {
    return handshakes_.load(std::memory_order_relaxed) + strangers_.load(std::memory_order_relaxed) > limits.handshakes;
  }

  [[nodiscard]] std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }

 private:
  bool enter_address(const Address& address, std::size_t clients_max);

  std::atomic<std::size_t> clients_{0};
  std::atomic<std::size_t> handshakes_{0};
  std::atomic<std::size_t> strangers_{0};
  std::atomic<bool> short_of_memory_{false};
  std::mutex mutex_;
  std::map<protocol::IpAddress, std::size_t> by_address_;  // never more than there are clients
};

}  // namespace sentix::core
