#include "core/connection.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <variant>

#include "auth/forwarded_client.h"
#include "core/application.h"
#include "core/end_log.h"
#include "core/shared.h"
#include "core/transfer_budget.h"
#include "core/worker.h"
#include "protocol/close_frame.h"
#include "protocol/http_response.h"

namespace sentix::core {
namespace {

constexpr int kReadsPerTurn = 4;            // of one connection; then the others have their turn
constexpr std::size_t kPiecesPerSend = 64;  // of the outbox
constexpr std::size_t kKiB = 1024;
constexpr std::uint16_t kDiscardedMax = 4096;  // KiB, and receipts, of what arrives after everything was said

}  // namespace

Connection::Connection(Worker& worker, channels::SessionId id, FileDescriptor fd, const Address& address)
    : worker_(worker),
      began_(worker.now()),
      stream_(worker.stream_on(std::move(fd))),
      address_(address),
      backlog_(std::make_unique<Backlog>()),
      reader_(protocol::Role::server, worker.reader_limits()),
      quiet_since_(worker.now()),
      session_(id, *this) {
  backlog_->handshake.emplace(worker.options().request);
  backlog_->accepted_at_ns = uv_hrtime();
  if (worker.options().proxy_protocol && worker.configuration().trusts(address_)) {
    backlog_->proxy_header.emplace();
  }
}

Connection::~Connection() {
  if (admitted_) {
    worker_.shared().admission.leave(address_, worker_.configuration().admission);
  }
}

bool Connection::start(uv_loop_t* loop) {
  if (uv_poll_init(loop, &poll_, stream_.descriptor()) != 0) {
    return false;
  }
  poll_.data = this;
  set_deadline();
  watch();
  return true;
}

// Deadlines follow the new times. A client that need not authenticate before has as long for it as one that comes now.
void Connection::reconfigured(const Configuration& before) {
  const Configuration& now = worker_.configuration();
  const bool counted = before.admission.clients_per_address != 0;
  const bool counts = now.admission.clients_per_address != 0;
  if (admitted_ && counts != counted) {
    Admission& admission = worker_.shared().admission;
    counts ? admission.count_address(address_) : admission.uncount_address(address_);
  }
  if (phase_ == Phase::open && now.options.policy.auth_enabled && !before.options.policy.auth_enabled) {
    began_ = worker_.now();
  }
  if (now.rates != before.rates) {
    release_slowdown();
  }
  set_deadline();
}

// --- Reading
// -------------------------------------------------------------------------------------------------------------

// What is thrown here (out of memory, OpenSSL) ends this connection alone.
void Connection::socket_ready(int status, int events) noexcept {
  try {
    act_on(status, events);
  } catch (...) {
    worker_.shared().log_thrown("a connection is dropped");
    abort();
  }
}

void Connection::act_on(int status, int events) {
  if (status < 0) {
    // libuv has stopped the handle because of an error on the socket; what had arrived before it can still be read.
    watched_ = 0;
    read();
    lost();
    return;
  }
  const bool writable = (events & UV_WRITABLE) != 0;
  const bool readable = (events & UV_READABLE) != 0;
  if (writable || stream_.sending_waits_to_receive()) {
    flush();
  }
  if (readable || stream_.receiving_waits_to_send()) {
    read();
  }
}

void Connection::read() {
  if (phase_ == Phase::handshake && backlog_->proxy_header && !read_proxy_header()) {
    return;
  }
  TransferBudget budget;
  for (int i = 0; i < kReadsPerTurn && !budget.spent() && wants_input(); ++i) {
    const std::span<std::byte> direct = reads_messages() ? reader_.direct_target() : std::span<std::byte>();
    const std::span<std::byte> room = direct.empty() ? worker_.receive_buffer() : direct;
    const std::span<std::byte> into = room.first(std::min(room.size(), budget.next_bytes_max()));
    const Transfer transfer = stream_.receive(into);
    if (transfer.status == Transfer::Status::would_block) {
      break;
    }
    if (transfer.status == Transfer::Status::ended) {
      peer_ended();
      return;
    }
    if (transfer.status == Transfer::Status::lost) {
      lost();
      return;
    }
    if (transfer.status == Transfer::Status::refused) {
      tls_failed();
      return;
    }
    budget.spend(transfer.bytes);
    worker_.metrics().received_bytes.add(transfer.bytes);
    quiet_since_ = worker_.now();
    if (ping_sent_) {
      ping_sent_ = false;
      set_deadline();  // it was the one for the answer
    }
    if (direct.empty()) {
      take_in(into.first(transfer.bytes));
    } else {
      reader_.direct_received(transfer.bytes);
      read_messages({});
    }
    if (transfer.bytes < into.size()) {
      break;  // that was all
    }
  }
  if (stream_.holds_input() && wants_input()) {
    worker_.continue_soon(*this);
  }
  watch();
}

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

// From now on it is this client's connection, not that of the proxy. False where he may not come.
bool Connection::comes_from(const protocol::IpEndpoint& client) {
  address_ = {.ip = client.ip, .port = client.port, .family = Address::Family::ip};
  return worker_.configuration().admits(address_);
}

void Connection::take_in(std::span<std::byte> bytes) {
  switch (phase_) {
    case Phase::handshake:
      shake_hands(bytes);
      break;
    case Phase::open:
    case Phase::closing:
      read_messages(bytes);
      break;
    case Phase::lingering:
      discarded_ = static_cast<std::uint16_t>(discarded_ + 1 + bytes.size() / kKiB);
      if (discarded_ > kDiscardedMax) {
        abort();
      }
      break;
    case Phase::gone:
      break;
  }
}

void Connection::peer_ended() {
  if (phase_ == Phase::open) {
    flush();  // it may still be listening
  }
  if (phase_ == Phase::closing && !outbox_.empty()) {
    // Only its sending half has ended: what waits for it (the answer to a request, say) may still arrive.
    await_peer_close_ = false;
    watch();
    return;
  }
  lost();
}

// What came is no TLS, or breaks its rules. OpenSSL has told the peer so by an alert, where TLS has one for it; like
// every refusal, that is to arrive.
void Connection::tls_failed() {
  if (phase_ != Phase::handshake && phase_ != Phase::open) {
    lost();
    return;
  }
  const bool plain_http = stream_.tls()->met_plain_http();
  if (!plain_http) {
    ended({.ending = Ending::tls_failed, .detail = stream_.tls()->failure()});
  }
  stream_.drop_tls();
  outbox_.clear(worker_.outbox_pool());
  if (plain_http) {
    refuse(protocol::Refusal::tls_required);
  } else {
    begin_closing({}, false);
  }
}

std::string Connection::certificate_name() const {
  return stream_.tls() != nullptr ? stream_.tls()->client_name() : std::string();
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

void Connection::read_messages(std::span<std::byte> bytes) {
  while (reads_messages()) {
    if (stands_still()) {
      if (!bytes.empty()) {
        backlog_ = std::make_unique<Backlog>();
        backlog_->unread.assign(bytes.begin(), bytes.end());
      }
      set_deadline();
      break;
    }
    const protocol::Incoming incoming = reader_.next(bytes);
    if (incoming.kind == protocol::Incoming::Kind::need_more) {
      break;
    }
    handle(incoming);
  }
  settle_borrowed();
}

void Connection::handle(const protocol::Incoming& incoming) {
  using Kind = protocol::Incoming::Kind;
  if (phase_ == Phase::closing) {
    // Between our close frame and the peer's nothing counts but that one (RFC 6455 §7.1.3).
    if (reader_.done()) {
      await_peer_close_ = false;
      if (outbox_.empty()) {
        all_sent();
      }
    }
    return;
  }
  switch (incoming.kind) {
    case Kind::message:
      worker_.metrics().messages.add();
      worker_.metrics().message_bytes.add(incoming.payload.size());
      if (worker_.configuration().rates && over_rates(incoming)) [[unlikely]] {
        break;
      }
      worker_.application().received(*this, incoming);
      break;
    case Kind::ping:
      if (worker_.configuration().rates && over_rates(incoming)) [[unlikely]] {
        break;
      }
      reply(protocol::SharedFrame::copy_of(protocol::Opcode::pong, incoming.payload));
      break;
    case Kind::close:
      ended({.ending = Ending::closed_by_client, .code = static_cast<std::uint16_t>(incoming.close_code)});
      begin_closing(protocol::close_frame(incoming.close_code), false);
      break;
    case Kind::violation:
      fail(protocol::info(incoming.violation));
      break;
    case Kind::pong:
    case Kind::need_more:
      break;
  }
}

void Connection::fail(const protocol::ViolationInfo& violation) {
  std::string reason(violation.text);
  Ending ending = Ending::protocol_violation;
  if (violation.close_code == protocol::CloseCode::message_too_big) {
    ending = Ending::message_too_large;
    reason += limit_clause(ending, worker_.options());
  }
  ended({.ending = ending, .code = static_cast<std::uint16_t>(violation.close_code), .detail = reason});
  begin_closing(protocol::close_frame(violation.close_code, reason), false);
}

// What was queued of the receive buffer has to leave it before the next connection is read.
void Connection::settle_borrowed() {
  if (worker_.echoes() && !outbox_.empty()) {
    flush();
    outbox_.own_borrowed();
  }
}

void Connection::continue_reading() {
  if (reads_messages() && backlog_ && !stands_still()) {
    const auto backlog = std::move(backlog_);
    read_messages(backlog->unread);
  }
  if (stream_.holds_input()) {
    read();
  }
  set_deadline();
  watch();
}

// --- HTTP
// ----------------------------------------------------------------------------------------------------------------

void Connection::request_page(const protocol::PageRequest& page, bool head_only) {
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
    answer_page(true, refusal, head_only);
    return;
  }
  ++pauses_;  // until the judgement is there
  worker_.judge_page_credential(*this, *page.credential, refusal, head_only);
}

void Connection::answer_page(bool allowed, std::optional<protocol::Refusal> refusal, bool head_only) {
  if (phase_ != Phase::handshake) {
    return;  // the judgement took longer than the handshake may
  }
  pauses_ = 0;
  if (!allowed) {
    spend(auth::Quantity::auth_failures, 1);
    refuse(protocol::Refusal::unauthenticated, head_only);
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
  worker_.metrics().pages.add();
  outbox_.push(
      worker_.outbox_pool(),
      protocol::page_response({.body = options.page, .content_security_policy = options.page_policy}, head_only));
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

// --- Sending
// -------------------------------------------------------------------------------------------------------------

void Connection::send(protocol::SharedFrame frame, FlushList list) {
  outbox_.push(worker_.outbox_pool(), std::move(frame));
  outbox_.begins_to_wait(worker_.now());
  if (!blocked_) {
    worker_.flush_soon(*this, list);
  }
}

void Connection::reply(protocol::SharedFrame frame) {
  if (phase_ != Phase::open) {
    return;
  }
  send(compression_.outgoing(std::move(frame), worker_.compression()), FlushList::replies);
  if (outbox_.held_bytes() > worker_.options().outbox_soft_bytes) {
    throttled_ = true;
  }
}

bool Connection::has_room_for(const protocol::SharedFrame& publication) const {
  return outbox_.held_bytes() + publication.bytes().size() <= worker_.options().outbox_hard_bytes;
}

// The publisher, and other subscribers, are not to suffer from what this connection has no memory for.
void Connection::deliver(const protocol::SharedFrame& frame) {
  try {
    deliver_or_throw(frame);
  } catch (...) {
    worker_.shared().log_thrown("a connection is dropped");
    abort();
  }
}

void Connection::deliver_or_throw(const protocol::SharedFrame& frame) {
  if (phase_ == Phase::open && !has_room_for(frame)) {
    flush();  // a burst within one turn is not the reader's fault
  }
  if (phase_ != Phase::open) {
    return;
  }
  if (!has_room_for(frame)) {
    const std::size_t waited = outbox_.pieces() + 1;
    outbox_.drop_unstarted(worker_.outbox_pool(), stream_.sealed_bytes());
    worker_.metrics().dropped.add(waited - outbox_.pieces());
    close_at_limit(Ending::slow_reader, protocol::CloseCode::slow_reader);
    return;
  }
  send(compression_.outgoing(frame, worker_.compression()), FlushList::deliveries);
}

void Connection::echo(const protocol::Incoming& message) {
  auto compressed = compression_.outgoing(message.opcode, message.payload, worker_.compression());
  if (compressed) {
    outbox_.push(worker_.outbox_pool(), std::move(compressed));
  } else if (message.in_place) {
    outbox_.push_borrowed(worker_.outbox_pool(), protocol::prepend_frame_header(message.opcode, message.payload));
  } else {
    outbox_.push(worker_.outbox_pool(), reader_.take_message(), message.opcode);
  }
  outbox_.begins_to_wait(worker_.now());
  if (!blocked_) {
    worker_.flush_soon(*this, FlushList::replies);
  }
  if (outbox_.held_bytes() > worker_.options().outbox_soft_bytes) {
    flush();
    throttled_ = outbox_.held_bytes() > worker_.options().outbox_soft_bytes;
  }
}

void Connection::flush() {
  std::array<iovec, kPiecesPerSend> vectors;
  TransferBudget budget;
  const bool was_blocked = blocked_;
  blocked_ = false;
  while (!outbox_.empty() && !blocked_) {
    if (budget.spent()) {
      worker_.flush_soon(*this, FlushList::deliveries);
      return;
    }
    const std::span pieces = std::span(vectors).first(outbox_.gather(vectors, budget.next_bytes_max()));
    const Transfer transfer = stream_.send(pieces);
    if (transfer.status == Transfer::Status::lost) {
      lost();
      return;
    }
    std::size_t offered = 0;
    for (const iovec& piece : pieces) {
      offered += piece.iov_len;
    }
    blocked_ = transfer.bytes < offered;
    if (transfer.bytes > 0) {
      outbox_.consume(worker_.outbox_pool(), transfer.bytes);
      outbox_.moved(worker_.now());
      budget.spend(transfer.bytes);
      worker_.metrics().sent_bytes.add(transfer.bytes);
    }
    outbox_.begins_to_wait(worker_.now());
  }
  if (throttled_ && outbox_.held_bytes() <= worker_.options().outbox_soft_bytes / 2) {
    throttled_ = false;
    quiet_since_ = worker_.now();  // nothing was received meanwhile
    worker_.continue_soon(*this);
  }
  if (blocked_) {
    set_deadline();
  } else if (phase_ == Phase::closing) {
    all_sent();
  } else if (phase_ == Phase::lingering) {
    end_sending();
  } else if (was_blocked) {
    quiet_since_ = wants_input() ? worker_.now() : quiet_since_;  // no ping could have reached it meanwhile
    set_deadline();
  }
  watch();
}

// --- Pausing
// -------------------------------------------------------------------------------------------------------------

void Connection::pause() {
  ++pauses_;
  watch();
}

void Connection::resume() {
  assert(pauses_ > 0);
  if (--pauses_ == 0) {
    quiet_since_ = worker_.now();  // nothing could be received meanwhile
    worker_.continue_soon(*this);
  }
}

void Connection::hold_back() {
  if (!held_back_ && phase_ == Phase::open) {
    held_back_ = true;
    worker_.hold(*this);
    watch();
  }
}

void Connection::release_hold() {
  held_back_ = false;
  quiet_since_ = worker_.now();
  worker_.continue_soon(*this);
}

// --- Rate limits
// -----------------------------------------------------------------------------------------------------

auth::Spender Connection::spender() const {
  return {.connection = static_cast<std::uint64_t>(id()),
          .user = session_.principal() ? std::string_view(session_.principal()->user) : std::string_view(),
          .address = address_.family == Address::Family::ip ? &address_.ip : nullptr};
}

std::optional<auth::Excess> Connection::spend(auth::Quantity quantity, std::uint32_t cost) {
  auth::RateLimits* const rates = worker_.configuration().rates.get();
  return rates == nullptr || !rates->limits(quantity) ? std::nullopt
                                                      : settle(rates->spend(quantity, spender(), cost, worker_.time()));
}

std::optional<auth::Excess> Connection::overspent(auth::Quantity quantity) {
  auth::RateLimits* const rates = worker_.configuration().rates.get();
  return rates == nullptr || !rates->limits(quantity) ? std::nullopt
                                                      : settle(rates->check(quantity, spender(), worker_.time()));
}

// What is over a limit that throttles has happened already, and is waited for. The rest is for the caller to refuse.
std::optional<auth::Excess> Connection::settle(const std::optional<auth::Excess>& excess) {
  if (!excess || excess->limit.action != auth::OverLimit::throttle) {
    return excess;
  }
  if (!slowed_ && (phase_ == Phase::handshake || phase_ == Phase::open)) {
    slowed_ = true;
    worker_.slow_down(*this, worker_.now() + ticks(std::chrono::ceil<std::chrono::milliseconds>(excess->wait)));
    watch();
  }
  return std::nullopt;
}

void Connection::release_slowdown() {
  if (slowed_) {
    slowed_ = false;
    quiet_since_ = worker_.now();
    worker_.continue_soon(*this);
  }
}

// Whether a message, or a ping, is too much, and has been refused.
bool Connection::over_rates(const protocol::Incoming& message) {
  auto excess = spend(auth::Quantity::messages, 1);
  const auto of_bytes = spend(auth::Quantity::bytes, static_cast<std::uint32_t>(message.payload.size()));
  if (of_bytes && (!excess || of_bytes->outweighs(*excess))) {
    excess = of_bytes;
  }
  if (!excess) {
    return false;
  }
  if (excess->limit.action == auth::OverLimit::close) {
    close(protocol::CloseCode::rate_limited, excess->reason());
  } else if (message.kind == protocol::Incoming::Kind::message) {
    worker_.application().refused(*this, message, *excess);
  }
  return true;
}

// --- Closing
// -------------------------------------------------------------------------------------------------------------

void Connection::enter(Phase phase) {
  if (phase == Phase::closing && !admitted_) {
    worker_.stranger_answered(*this);
  }
  if (phase_ == Phase::handshake) {
    worker_.handshake_done();
  } else if (phase == Phase::gone && !admitted_) {
    worker_.stranger_gone();
  }
  phase_ = phase;
  began_ = worker_.now();
}

void Connection::close(protocol::CloseCode code, std::string_view reason) {
  if (phase_ == Phase::open) {
    ended({.ending = ending_of(code), .code = static_cast<std::uint16_t>(code), .detail = reason});
    begin_closing(protocol::close_frame(code, reason), true);
  }
}

void Connection::close_at_limit(Ending ending, protocol::CloseCode code) {
  const std::string reason = std::string(describe(ending).sentence) + limit_clause(ending, worker_.options());
  ended({.ending = ending, .code = static_cast<std::uint16_t>(code), .detail = reason});
  begin_closing(protocol::close_frame(code, reason), true);
}

void Connection::begin_closing(protocol::SharedFrame last_frame, bool await_peer) {
  enter(Phase::closing);
  await_peer_close_ = await_peer;
  throttled_ = held_back_ = slowed_ = false;
  worker_.continue_soon(*this);  // the peer's close frame may be in what waits to be looked at
  if (last_frame) {
    send(std::move(last_frame), FlushList::replies);
  } else {
    worker_.flush_soon(*this, FlushList::replies);
  }
  worker_.leaving(*this);
  set_deadline();
}

void Connection::all_sent() {
  if (await_peer_close_) {
    began_ = worker_.now();  // from now on the peer can answer
    set_deadline();
    return;
  }
  // RFC 6455 §7.1.1: the server closes first. The receiving half stays open for a while: closing it with input unread
  // would make the kernel send a reset, and the client might lose the last bytes.
  enter(Phase::lingering);
  end_sending();
  set_deadline();
}

void Connection::end_sending() {
  blocked_ = !stream_.shut_down_sending();  // then flush() is called again
  watch();
}

void Connection::lost() {
  abort(phase_ == Phase::handshake ? Ending::handshake_abandoned : Ending::lost);
}

void Connection::abort(const End& end) noexcept {
  if (phase_ == Phase::gone) {
    return;
  }
  try {
    ended(end);
  } catch (...) {
    worker_.shared().log_thrown("an end is not told");
  }
  enter(Phase::gone);
  outbox_.clear(worker_.outbox_pool());
  disarm();
  watch();
  worker_.leaving(*this);
}

void Connection::leave() {
  if (entered_) {
    entered_ = false;
    worker_.application().closed(*this);
  }
}

void Connection::close_handle(uv_close_cb done) {
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), done);
  stream_.close();
}

// --- Deadlines
// -------------------------------------------------------------------------------------------------------------

void Connection::set_deadline() {
  const Options& options = worker_.options();
  switch (phase_) {
    case Phase::handshake:
      worker_.arm(*this, began_ + ticks(options.handshake_timeout));
      break;
    case Phase::open:
      check_open_deadlines();
      break;
    case Phase::closing:
      worker_.arm(*this, closing_deadline());
      break;
    case Phase::lingering:
      worker_.arm(*this, began_ + ticks(options.close_timeout));
      break;
    case Phase::gone:
      break;
  }
}

void Connection::deadline_passed() {
  switch (phase_) {
    case Phase::handshake:
      refuse(protocol::Refusal::handshake_timeout);
      break;
    case Phase::open:
      check_open_deadlines();
      break;
    case Phase::closing:
      if (worker_.now() >= closing_deadline()) {
        abort();
      } else {
        set_deadline();
      }
      break;
    case Phase::lingering:
    case Phase::gone:
      abort();
      break;
  }
}

// A peer that still takes what is waiting has until it stalls.
Tick Connection::closing_deadline() const {
  const Options& options = worker_.options();
  return blocked_ && !outbox_.empty() ? outbox_.moved_at() + ticks(options.stall_timeout)
                                      : began_ + ticks(options.close_timeout);
}

// How much longer it is who it is; nothing where that has no end, or a judgement on something new is under way. The
// wall clock may be set meanwhile, which is noticed whenever this is asked again: with every ping.
std::optional<std::chrono::milliseconds> Connection::time_authenticated() const {
  const auto& principal = session_.principal();
  if (!principal || !principal->expires_at || pauses_ > 0) {
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::milliseconds>(*principal->expires_at - std::chrono::system_clock::now());
}

// Does what is due of an open connection, and arms the timer for what is next.
void Connection::check_open_deadlines() {
  const Options& options = worker_.options();
  const Tick now = worker_.now();
  Tick next = 0;
  const auto consider = [&next](Tick deadline) { next = next == 0 ? deadline : std::min(next, deadline); };

  const bool awaits_authentication = worker_.application().awaits_authentication(*this);
  if (awaits_authentication || pauses_ > 0) {
    // A pause is for an authenticator's judgement, and began with the last thing that was received.
    const Tick deadline = (awaits_authentication ? began_ : quiet_since_) + ticks(options.authentication_timeout);
    if (now >= deadline) {
      close_at_limit(Ending::authentication_timeout, protocol::CloseCode::authentication_timeout);
      return;
    }
    consider(deadline);
  }
  if (const auto left = time_authenticated()) {
    if (left->count() <= 0) {
      close_at_limit(Ending::credentials_expired, protocol::CloseCode::not_authenticated);
      return;
    }
    consider(now + ticks(*left));
  }
  if (!outbox_.empty() && blocked_) {
    const Tick deadline = outbox_.moved_at() + ticks(options.stall_timeout);
    if (now >= deadline) {
      abort(Ending::stalled);
      return;
    }
    consider(deadline);
  }
  // While something waits to be taken, a ping would wait behind it: then only stalling counts.
  if (options.ping_interval.count() > 0 && wants_input() && !blocked_) {
    Tick deadline = quiet_since_ + ticks(ping_sent_ ? options.pong_timeout : options.ping_interval);
    if (now >= deadline) {
      if (ping_sent_) {
        close_at_limit(Ending::no_pong, protocol::CloseCode::no_pong);
        return;
      }
      ping_sent_ = true;
      quiet_since_ = now;
      send(protocol::SharedFrame::copy_of(protocol::Opcode::ping, {}), FlushList::replies);
      deadline = now + ticks(options.pong_timeout);
    }
    consider(deadline);
  }
  if (next != 0) {
    worker_.arm(*this, next);
  }
}

// --- Watching the socket
// -----------------------------------------------------------------------------------------------------

bool Connection::reads_messages() const {
  return phase_ == Phase::open || (phase_ == Phase::closing && await_peer_close_);
}

// Messages that have arrived are not looked at for the moment.
bool Connection::stands_still() const {
  return phase_ == Phase::open && (pauses_ > 0 || throttled_ || held_back_ || slowed_);
}

bool Connection::wants_input() const {
  switch (phase_) {
    case Phase::handshake:
      return pauses_ == 0 && !slowed_;
    case Phase::open:
    case Phase::closing:
      return reads_messages() && !stands_still() && !backlog_;
    case Phase::lingering:
      return true;
    case Phase::gone:
      break;
  }
  return false;
}

void Connection::watch() {
  const bool receives = wants_input();
  const bool sends = blocked_ && phase_ != Phase::gone;
  int wanted = (receives ? UV_READABLE : 0) | (sends ? UV_WRITABLE : 0);
  if (stream_.tls() != nullptr) {
    wanted = (receives ? stream_.tls()->receiving_waits_to_send() ? UV_WRITABLE : UV_READABLE : 0) |
             (sends ? stream_.tls()->sending_waits_to_receive() ? UV_READABLE : UV_WRITABLE : 0);
  }
  const auto events = static_cast<std::uint8_t>(wanted);
  if (events == watched_) {
    return;
  }
  watched_ = events;
  if (events == 0) {
    uv_poll_stop(&poll_);
    return;
  }
  uv_poll_start(&poll_, events, [](uv_poll_t* handle, int status, int ready) {
    static_cast<Connection*>(handle->data)->socket_ready(status, ready);
  });
}

// Counts, keeps and logs that it ends. Who has begun to close has ended already.
void Connection::ended(const End& end) const {
  if (phase_ != Phase::handshake && phase_ != Phase::open) {
    return;
  }
  Shared& shared = worker_.shared();
  const Options& options = worker_.options();
  worker_.metrics().ended[static_cast<std::size_t>(end.ending)].add();
  const EndingInfo& info = describe(end.ending);
  const std::string_view user = session_.principal() ? session_.principal()->user : std::string_view();
  if (shared.last_ends.keeps()) {
    shared.last_ends.add({.id = id(),
                          .user = std::string(user),
                          .address = address_,
                          .at = std::chrono::system_clock::now(),
                          .ending = end.ending,
                          .code = end.code,
                          .detail = std::string(end.detail.empty() ? info.sentence : end.detail),
                          .limit = limit_text(info, options)},
                         admitted_);
  }
  if (shared.sink && (info.level > LogLevel::debug || options.debug)) {
    log_end(shared.sink,
            {.connection = channels::to_text(id()), .address = to_text(address_), .user = user, .admitted = admitted_},
            end, options);
  }
}

}  // namespace sentix::core
