#include "core/webhook.h"

#include <utility>

#include "auth/authenticator_chain.h"
#include "core/arguments.h"

#ifdef SENTIX_WEBHOOK
#include "core/webhook/webhook_authenticator.h"
#include "core/webhook/webhook_caller.h"
#endif

namespace sentix::core {

Webhook::Webhook(LogSink log) : log_(std::move(log)) {}

Webhook::~Webhook() = default;

std::shared_ptr<auth::Authenticator> Webhook::behind(std::shared_ptr<auth::Authenticator> first,
                                                     [[maybe_unused]] const WebhookOptions& options,
                                                     [[maybe_unused]] bool log_refusals) {
  if (!options.enabled()) {
    return first;
  }
#ifdef SENTIX_WEBHOOK
  if (!caller_) {
    caller_ = std::make_shared<WebhookCaller>(log_, metrics_);
  }
  auto asking = std::make_shared<WebhookAuthenticator>(caller_, options, log_refusals);
  if (!first) {
    return asking;
  }
  return std::make_shared<auth::AuthenticatorChain>(
      auth::AuthenticatorChain::Links{std::move(first), std::move(asking)});
#else
  require(false, "auth.webhook.url is set, and this build has no webhooks (SENTIX_WEBHOOK is off)");
  return nullptr;
#endif
}

}  // namespace sentix::core
