#include "core/shared.h"

#include <algorithm>
#include <string>
#include <utility>

#include "channels/thrown.h"
#include "core/rate_classes.h"

namespace sentix::core {

Shared::Shared(Options given)
    : webhook(given.log),
      configuration(std::make_shared<const Configuration>(with_authenticators(std::move(given)))),
      sink(configuration.get()->options.log),
      last_ends(configuration.get()->options.closes_kept) {
  const ConfigurationPtr first = configuration.get();
  const Options& options = first->options;
  if (options.tls.enabled()) {
    tls = std::make_unique<TlsKeeper>(options.tls, sink);
  }
  if (!options.data_dir.empty()) {
    storage = std::make_unique<Storage>(options.storage_bytes, sink);
  }
  if (options.redis.enabled()) {
    auto remote = make_remote_broker(options);
    remote_broker = remote.get();
    broker = std::move(remote);
  } else {
    auto memory =
        std::make_unique<channels::MemoryBroker>(options.channels_max, options.history_bytes_max, storage.get());
    memory_broker = memory.get();
    broker = std::move(memory);
  }
  rules.redefine({}, options.channels);
  for (unsigned i = 0; i < options.workers; ++i) {
    mailboxes.push_back(std::make_shared<Mailbox>(options.mailbox_bytes));
    metrics.push_back(std::make_unique<WorkerMetrics>());
  }
  if (remote_broker != nullptr) {
    remote_broker->feed({mailboxes.begin(), mailboxes.end()});
  }
}

Options Shared::with_authenticators(Options given) {
  channels::Policy& policy = given.policy;
  policy.authenticator = known_classes_only(webhook.behind(std::move(policy.authenticator), given.webhook, given.debug),
                                            given.rates.classes, given.log);
  policy.shown_headers = given.webhook.enabled() ? given.webhook.headers : std::vector<std::string>();
  return given;
}

bool Shared::congested() const {
  return broker->congested() ||
         std::any_of(mailboxes.begin(), mailboxes.end(), [](const auto& mailbox) { return mailbox->congested(); });
}

bool Shared::full() const {
  return broker->congested() ||
         std::any_of(mailboxes.begin(), mailboxes.end(), [](const auto& mailbox) { return mailbox->full(); });
}

void Shared::log_thrown(const char* what) const noexcept {
  try {
    log(LogLevel::error, what + (": " + channels::thrown_text()));
  } catch (...) {  // there is no memory even for that
  }
}

}  // namespace sentix::core
