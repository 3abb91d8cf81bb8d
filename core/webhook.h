#pragma once

#include <memory>

#include "auth/authenticator.h"
#include "core/log.h"
#include "core/webhook/webhook_metrics.h"
#include "core/webhook/webhook_options.h"

namespace sentix::core {

class WebhookCaller;

// The webhook of one server, which stays through every reload: its thread, connections and counts. There is neither
// until a URL is set. This header needs no libcurl; in a build without it (SENTIX_WEBHOOK is off) a URL is an error.
class Webhook {
 public:
  explicit Webhook(LogSink log);
  // Whoever still waits is answered that nobody can tell.
  ~Webhook();
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  // `first`, which may be null, and behind it the webhook, asked by these options; `first` alone without a URL. What
  // comes out answers "nobody can tell" when this has gone. Why a no is a no is logged at debug, where `log_refusals`.
  //
  // One call at a time. std::invalid_argument with a sentence that names the setting; std::system_error where there is
  // no thread.
  [[nodiscard]] std::shared_ptr<auth::Authenticator> behind(std::shared_ptr<auth::Authenticator> first,
                                                            const WebhookOptions& options, bool log_refusals);

  [[nodiscard]] const WebhookMetrics& metrics() const { return metrics_; }

 private:
  const LogSink log_;
  WebhookMetrics metrics_;
  std::shared_ptr<WebhookCaller> caller_;
};

}  // namespace sentix::core
