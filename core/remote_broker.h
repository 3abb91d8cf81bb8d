#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "channels/broker.h"
#include "core/options.h"

namespace sentix::core {

// A broker that many servers have in common, with a thread of its own that talks to it.
class RemoteBroker : public channels::Broker {
 public:
  // Begins to work: what was called before has waited. Returns when it works, or when that takes longer than
  // `patience`. Throws std::system_error where there is no thread for it.
  virtual void start(std::chrono::milliseconds patience) = 0;

  // What waits is still sent, as far as that takes no longer than a second; then nobody is answered any more. Before
  // the inboxes go.
  virtual void stop() = 0;

  // How often it was lost.
  [[nodiscard]] virtual std::uint64_t losses() const = 0;
};

// Throws std::invalid_argument with a sentence where the options of Redis, which are enabled, will not do.
void require_redis(const RedisOptions& options);
[[nodiscard]] std::unique_ptr<RemoteBroker> make_remote_broker(const Options& options);

// While it lives, the broker works, where it is a remote one. Made before anybody is served, and destroyed when nobody
// is any more.
class RemoteBrokerSession {
 public:
  explicit RemoteBrokerSession(RemoteBroker* broker);  // may be null
  ~RemoteBrokerSession();
  RemoteBrokerSession(const RemoteBrokerSession&) = delete;
  RemoteBrokerSession& operator=(const RemoteBrokerSession&) = delete;

 private:
  RemoteBroker* const broker_;
};

}  // namespace sentix::core
