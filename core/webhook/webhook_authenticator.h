#pragma once

#include <memory>

#include "auth/authenticator.h"
#include "core/webhook/webhook_caller.h"
#include "core/webhook/webhook_options.h"

namespace sentix::core {

// Authenticates by asking a backend, which gets a POST with the JSON object
//
//     {"credentials":{...as presented...},"address":"192.0.2.1:4711","headers":{"cookie":"..."}}
//
// and answers as auth/webhook_answer.h reads it. `headers` is there where the credentials came with the handshake and
// the options name headers that it has. For any thread; the answer comes on the caller's.
class WebhookAuthenticator final : public auth::Authenticator {
 public:
  WebhookAuthenticator(const std::shared_ptr<WebhookCaller>& caller, WebhookOptions options, bool log_refusals)
      : caller_(caller),
        options_(std::make_shared<const WebhookOptions>(std::move(options))),
        log_refusals_(log_refusals) {}

  void authenticate(const auth::Credentials& given, auth::AuthenticationDone done) override;

 private:
  const std::weak_ptr<WebhookCaller> caller_;
  const std::shared_ptr<const WebhookOptions> options_;
  const bool log_refusals_;
};

}  // namespace sentix::core
