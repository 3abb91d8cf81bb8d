// A connection until it is a WebSocket, or has got an answer by HTTP: the header of a proxy, the request, the decision.
#include <algorithm>
#include <utility>
#include <variant>

#include "auth/forwarded_client.h"
#include "core/application.h"
#include "core/connection.h"
#include "core/shared.h"
#include "core/worker.h"
#include "protocol/http_response.h"

namespace sentix::core {

// Whether the header is over, and what comes next is the client's.
bool Connection::read_proxy_header() {
  using State = ProxyHeaderReader::State;
  switch (backlog_->proxy_header->receive(stream_.descriptor(), worker_.receive_buffer())) {
    case State::need_more:
      return false;
    case State::lost:
      lost();
      return false;
    case State::refused:
      abort(Ending::proxy_not_understood);
      return false;
    case State::complete:
      break;
  }
  const auto client = backlog_->proxy_header->source();
  backlog_->proxy_header.reset();
  if (!client) {
    return true;
  }
  if (!comes_from(*client)) {
    abort(Ending::address_denied);
    return false;
  }
  return worker_.configuration().trusts(address_) || keeps_to_rate();
}

// From now on it is this client's connection, not that of the proxy. False where he may not come.
bool Connection::comes_from(const protocol::IpEndpoint& client) {
  address_ = {.ip = client.ip, .port = client.port, .family = Address::Family::ip};
  return worker_.configuration().admits(address_);
}

bool Connection::keeps_to_rate() {
  if (phase_ != Phase::handshake) {
    return false;
  }
  const auto excess = spend(auth::Quantity::connections, 1);
  if (!excess) {
    return true;
  }
  if (excess->limit.action == auth::OverLimit::error) {
    refuse(Ending::rate_limited, protocol::Refusal::too_many_requests, false, excess->reason());
  } else {
    abort({.ending = Ending::rate_limited, .detail = excess->reason()});
  }
  return false;
}

void Connection::shake_hands(std::span<std::byte> bytes) {
  Handshake::Outcome outcome =
      backlog_->handshake->receive(bytes, worker_.request(), worker_.configuration().handshake);
  if (!outcome.decision || (outcome.request != nullptr && !read_forwarded_header(*outcome.request))) {
    return;
  }
  if (const auto* refusal = std::get_if<protocol::Refusal>(&*outcome.decision)) {
    refuse(*refusal, outcome.head_only);
  } else if (const auto* page = std::get_if<protocol::PageRequest>(&*outcome.decision)) {
    request_page(*page, outcome.head_only);
  } else {
    upgrade(std::get<protocol::AcceptedUpgrade>(*outcome.decision));
  }
  if (reads_messages()) {
    backlog_.reset();
    read_messages(outcome.rest);
  }
}

// False where the request is refused.
bool Connection::read_forwarded_header(const protocol::HttpRequest& request) {
  const Configuration& configuration = worker_.configuration();
  const protocol::ForwardedHeader header = configuration.options.forwarded_header;
  const std::string_view name = protocol::header_name(header);
  if (name.empty() || !configuration.trusts(address_) || !request.headers.find(name)) {
    return true;
  }
  const protocol::IpEndpoint proxy{address_.ip, address_.port};
  const auto client = auth::forwarded_client(proxy, header, request.headers.joined(name), configuration.proxies);
  if (!client) {
    refuse(protocol::Refusal::bad_forwarded_header);
    return false;
  }
  if (*client == proxy) {
    return true;
  }
  if (!comes_from(*client)) {
    refuse(Ending::address_denied, protocol::Refusal::forbidden);
    return false;
  }
  return keeps_to_rate();
}

void Connection::upgrade(const protocol::AcceptedUpgrade& accepted) {
  if (const auto refusal = worker_.shared().admission.enter(address_, worker_.configuration().admission)) {
    refuse(*refusal);
    return;
  }
  admitted_ = true;
  enter(Phase::open);
  worker_.metrics().upgraded.add();
  worker_.metrics().handshake.add(uv_hrtime() - backlog_->accepted_at_ns);
  const auto& deflate = accepted.deflate;
  outbox_.push(worker_.outbox_pool(), protocol::upgrade_response(accepted.accept_key, accepted.subprotocol,
                                                                 deflate ? deflate->response : std::string()));
  if (deflate) {
    compression_.agree(*deflate, worker_.compression(), reader_);
  }
  worker_.flush_soon(*this, FlushList::replies);
  entered_ = true;
  worker_.application().opened(*this, accepted.credential);
  set_deadline();
}

std::string Connection::certificate_name() const {
  return stream_.tls() != nullptr ? stream_.tls()->client_name() : std::string();
}

// --- Answers by HTTP

void Connection::request_page(const protocol::PageRequest& page, bool head_only) {
  if (page.path == "/nodes" && worker_.shared().remote_broker != nullptr) {
    answer_nodes(head_only);
    return;
  }
  std::optional<protocol::Refusal> refusal;
  if (page.path != "/") {
    const auto& paths = worker_.configuration().handshake.paths;
    const bool only_for_websockets = std::find(paths.begin(), paths.end(), page.path) != paths.end();
    refusal = only_for_websockets ? protocol::Refusal::upgrade_required : protocol::Refusal::unknown_path;
  }
  const auto& authenticator = worker_.options().policy.authenticator;
  if (page.credential && authenticator) {
    if (const auto excess = overspent(auth::Quantity::auth_failures)) {
      refuse(Ending::rate_limited, protocol::Refusal::too_many_requests, head_only, excess->reason());
      return;
    }
  }
  if (!page.credential || !authenticator) {
    answer_page({}, refusal, head_only);
    return;
  }
  ++pauses_;  // until the judgement is there
  worker_.judge_page_credential(*this, *page.credential, refusal, head_only);
}

void Connection::answer_page(const std::optional<protocol::Refusal>& denied, std::optional<protocol::Refusal> refusal,
                             bool head_only) {
  if (phase_ != Phase::handshake) {
    return;  // the judgement took longer than the handshake may
  }
  pauses_ = 0;
  if (denied) {
    if (*denied == protocol::Refusal::unauthenticated) {
      spend(auth::Quantity::auth_failures, 1);
    }
    refuse(*denied, head_only);
    return;
  }
  if (refusal) {
    refuse(*refusal, head_only);
    return;
  }
  const Options& options = worker_.options();
  if (options.page.empty()) {
    refuse(protocol::Refusal::upgrade_required, head_only);
    return;
  }
  send_page({.body = options.page, .content_security_policy = options.page_policy}, head_only);
}

void Connection::answer_nodes(bool head_only) {
  const std::string list = worker_.shared().remote_broker->nodes().to_json(worker_.time());
  send_page({.body = list, .content_type = "application/json", .cache_control = "no-store", .allow_origin = "*"},
            head_only);
}

void Connection::send_page(const protocol::Page& page, bool head_only) {
  worker_.metrics().pages.add();
  outbox_.push(worker_.outbox_pool(), protocol::page_response(page, head_only));
  begin_closing({}, false);
}

void Connection::refuse(protocol::Refusal refusal, bool head_only) {
  refuse(ending_of(refusal), refusal, head_only);
}

void Connection::refuse(Ending ending, protocol::Refusal refusal, bool head_only, std::string_view detail) {
  if (phase_ != Phase::handshake) {
    return;
  }
  const protocol::RefusalInfo& info = protocol::describe(refusal);
  if (detail.empty()) {
    detail = ending == ending_of(refusal) ? info.sentence : describe(ending).sentence;
  }
  if (!stream_.established()) {
    abort({.ending = ending, .detail = detail});  // the TLS handshake is not done: there is no way to say it
    return;
  }
  ended({.ending = ending, .code = info.status, .detail = detail});
  outbox_.push(worker_.outbox_pool(), protocol::refusal_response(refusal, {.head_only = head_only}));
  begin_closing({}, false);
}

}  // namespace sentix::core
