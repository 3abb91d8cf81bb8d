#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "channels/channel_rules.h"
#include "channels/events.h"
#include "channels/memory_broker.h"
#include "core/admission.h"
#include "core/configuration.h"
#include "core/last_ends.h"
#include "core/mailbox.h"
#include "core/options.h"
#include "core/remote_broker.h"
#include "core/storage.h"
#include "core/tls/tls_keeper.h"
#include "core/webhook.h"
#include "core/worker_metrics.h"

namespace sentix::core {

// All that a server's workers have in common. What is not thread-safe by itself (TLS, storage, broker, rules,
// admission, mailboxes and the current configuration are) does not change while they run.
struct Shared {
  explicit Shared(Options given);

  // `given`, with the webhook as an authenticator, and what it is shown; and without clients of unknown rate classes.
  [[nodiscard]] Options with_authenticators(Options given);

  Webhook webhook;                     // its authenticators are a part of configurations
  CurrentConfiguration configuration;  // the newest; each worker has its own pointer to one (Worker::options)
  const LogSink sink;                  // may be empty
  std::unique_ptr<TlsKeeper> tls;      // null without TLS
  channels::Handlers handlers;
  channels::ChannelRules rules;
  Admission admission;
  LastEnds last_ends;
  std::atomic<bool> draining{false};  // it has been told to stop
  std::unique_ptr<Storage> storage;   // null without a data directory
  std::unique_ptr<channels::Broker> broker;
  channels::MemoryBroker* memory_broker = nullptr;      // the broker, where it is that of a single process; else null
  RemoteBroker* remote_broker = nullptr;                // the broker, where it is one of many servers; else null
  std::vector<std::shared_ptr<Mailbox>> mailboxes;      // of each worker; who answers late may outlive the server
  std::vector<std::unique_ptr<WorkerMetrics>> metrics;  // of each worker

  // Whether any worker, or the storage, has more waiting than it should, so that those who feed it are to be read from
  // more slowly; or even as much as it may have.
  [[nodiscard]] bool congested() const;
  [[nodiscard]] bool full() const;

  void log(LogLevel level, const std::string& line) const {
    if (sink) {
      sink(level, line);
    }
  }

  // Says `what` came of the exception that is being handled.
  void log_thrown(const char* what) const noexcept;
};

}  // namespace sentix::core
