#include "core/admission.h"

#include <limits>

#include "auth/network.h"

namespace sentix::core {

std::optional<protocol::Refusal> Admission::enter(const Address& address, const Limits& limits) {
  if (short_of_memory()) {
    return protocol::Refusal::short_of_memory;
  }
  if (clients_.fetch_add(1, std::memory_order_relaxed) >= limits.clients && limits.clients != 0) {
    clients_.fetch_sub(1, std::memory_order_relaxed);
    return protocol::Refusal::over_capacity;
  }
  if (limits.clients_per_address != 0 && !enter_address(address, limits.clients_per_address)) {
    clients_.fetch_sub(1, std::memory_order_relaxed);
    return protocol::Refusal::too_many_requests;
  }
  return std::nullopt;
}

void Admission::leave(const Address& address, const Limits& limits) {
  clients_.fetch_sub(1, std::memory_order_relaxed);
  if (limits.clients_per_address != 0) {
    uncount_address(address);
  }
}

bool Admission::measure_memory(std::size_t resident_bytes, const Limits& limits) {
  constexpr std::size_t kBelow = 16;
  const std::size_t most = limits.resident_bytes;
  const std::size_t again = most - most / kBelow;
  const bool is_short = most != 0 && resident_bytes > (short_of_memory() ? again : most);
  return short_of_memory_.exchange(is_short) != is_short;
}

bool Admission::enter_address(const Address& address, std::size_t clients_max) {
  if (address.family != Address::Family::ip) {
    return true;
  }
  const std::lock_guard lock(mutex_);
  std::size_t& count = by_address_[auth::neighbourhood(address.ip)];
  if (count >= clients_max) {
    return false;
  }
  ++count;
  return true;
}

void Admission::count_address(const Address& address) {
  enter_address(address, std::numeric_limits<std::size_t>::max());
}

void Admission::uncount_address(const Address& address) {
  if (address.family != Address::Family::ip) {
    return;
  }
  const std::lock_guard lock(mutex_);
  const auto entry = by_address_.find(auth::neighbourhood(address.ip));
  if (entry == by_address_.end()) {
    return;  // there was no memory to count it when a reload brought the limit
  }
  if (--entry->second == 0) {
    by_address_.erase(entry);
  }
}

}  // namespace sentix::core
