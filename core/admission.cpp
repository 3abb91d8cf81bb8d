#include "core/admission.h"

#include "auth/network.h"

namespace sentix::core {

std::optional<protocol::Refusal> Admission::enter(const Address& address) {
  if (clients_.fetch_add(1, std::memory_order_relaxed) >= limits_.clients && limits_.clients != 0) {
    clients_.fetch_sub(1, std::memory_order_relaxed);
    return protocol::Refusal::over_capacity;
  }
  if (!enter_address(address)) {
    clients_.fetch_sub(1, std::memory_order_relaxed);
    return protocol::Refusal::too_many_requests;
  }
  return std::nullopt;
}

bool Admission::enter_address(const Address& address) {
  if (limits_.clients_per_address == 0 || address.family != Address::Family::ip) {
    return true;
  }
  const std::lock_guard lock(mutex_);
  std::size_t& count = by_address_[auth::neighbourhood(address.ip)];
  if (count >= limits_.clients_per_address) {
    return false;
  }
  ++count;
  return true;
}

void Admission::leave(const Address& address) {
  clients_.fetch_sub(1, std::memory_order_relaxed);
  if (limits_.clients_per_address == 0 || address.family != Address::Family::ip) {
    return;
  }
  const std::lock_guard lock(mutex_);
  const auto entry = by_address_.find(auth::neighbourhood(address.ip));
  if (--entry->second == 0) {
    by_address_.erase(entry);
  }
}

}  // namespace sentix::core
