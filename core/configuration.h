#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "auth/address_rules.h"
#include "auth/rate_limits.h"
#include "core/address.h"
#include "core/admission.h"
#include "core/options.h"
#include "protocol/handshake.h"

namespace sentix::core {

// A server's options as they are in force, and what follows from them. A reload replaces it whole (Server::reload):
// each worker has a pointer to one, and takes the newest between two turns, so that nothing that serves a message needs
// a lock or an atomic for it. Whoever keeps a reference beyond a turn of its worker keeps the pointer.
//
// Never changes, so any thread may read it.
struct Configuration {
  // Throws std::invalid_argument with a sentence that names the setting, where networks or origins are none.
  // What clients have spent of rate limits goes on from `before`, where that has the same.
  explicit Configuration(Options given, const Configuration* before = nullptr);

  // Whether somebody from there may connect. Trusted proxies may: it is their clients that are judged.
  [[nodiscard]] bool admits(const Address& address) const;
  // Whether somebody from there may say for whom he connects.
  [[nodiscard]] bool trusts(const Address& address) const;

  const Options options;
  const protocol::HandshakePolicy handshake;
  const Admission::Limits admission;
  const auth::AddressRules addresses;
  const auth::AddressRules proxies;
  const bool trusts_unix_sockets;
  const std::shared_ptr<auth::RateLimits> rates;  // null where none is set
};

using ConfigurationPtr = std::shared_ptr<const Configuration>;

// Which one is in force. For any thread; its lock is the innermost.
class CurrentConfiguration {
 public:
  explicit CurrentConfiguration(ConfigurationPtr first) : current_(std::move(first)) {}

  [[nodiscard]] ConfigurationPtr get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set(ConfigurationPtr next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  ConfigurationPtr current_;
};

// What only a start can set is taken from `started`, so that `options` can replace it in a server that runs.
void keep_what_a_start_sets(const Options& started, Options& options);

}  // namespace sentix::core
