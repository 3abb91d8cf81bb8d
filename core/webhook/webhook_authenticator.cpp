#include "core/webhook/webhook_authenticator.h"

#include <string>
#include <utility>

#include "protocol/json_text.h"

namespace sentix::core {
namespace {

// Of a body, so that what waits is bounded in bytes too: room for a long token, and for all the headers of a request.
constexpr std::size_t kBodyBytesMax = 64 << 10;

std::string body_of(const auth::Credentials& given) {
  std::string body = R"({"credentials":)" + given.json() + R"(,"address":)";
  protocol::append_quoted(body, given.address());
  std::string_view separator = R"(,"headers":{)";
  for (const auth::ShownHeader& header : given.headers()) {
    body += std::exchange(separator, ",");
    protocol::append_quoted(body, header.name);
    body += ':';
    protocol::append_quoted(body, header.value);
  }
  return body + (given.headers().empty() ? "}" : "}}");
}

}  // namespace

void WebhookAuthenticator::authenticate(const auth::Credentials& given, auth::AuthenticationDone done) {
  const std::shared_ptr<WebhookCaller> caller = caller_.lock();
  if (!caller) {
    done(auth::Judgement::unavailable());
    return;
  }
  std::string body = body_of(given);
  if (body.size() > kBodyBytesMax) {
    done(nullptr);  // nobody's credentials are as large
    return;
  }
  caller->ask({.options = options_, .body = std::move(body), .log_refusal = log_refusals_, .done = std::move(done)});
}

}  // namespace sentix::core
