#include "core/connection.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "core/application.h"
#include "core/shared.h"
#include "core/transfer_budget.h"
#include "core/worker.h"
#include "protocol/close_frame.h"

namespace sentix::core {
namespace {

constexpr int kReadsPerTurn = 4;            // of one connection; then the others have their turn
constexpr std::size_t kPiecesPerSend = 64;  // of the outbox
constexpr int kLastFlushes = 64;            // of who goes, although more is waiting
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
  if (phase_ == Phase::handshake && backlog_ && backlog_->proxy_header && !read_proxy_header()) {
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
      spend_fragments();
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
      // The answer to our ping is free. Others nobody asked for, and they take as long to read as messages.
      if (!pong_due_ && worker_.configuration().rates) {
        static_cast<void>(over_rates(incoming));
      }
      pong_due_ = false;
      break;
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

// --- Sending

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
  while (phase_ == Phase::open && !has_room_for(frame) && !outbox_.empty()) {
    flush();  // a burst within one turn is not the reader's fault
    if (blocked_) {
      break;
    }
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
  TransferBudget budget;
  const bool was_blocked = blocked_;
  blocked_ = false;
  for (bool large = true; large && !budget.spent() && !outbox_.empty() && !blocked_;) {
    const auto sent = send_once(budget.next_bytes_max());
    if (!sent) {
      lost();
      return;
    }
    budget.spend(*sent);
    large = TransferBudget::is_large(*sent);  // of small pieces a call takes enough to be worth its while
  }
  if (!outbox_.empty() && !blocked_) {
    worker_.flush_soon(*this, FlushList::deliveries);
  }
  if (throttled_ && outbox_.held_bytes() <= worker_.options().outbox_soft_bytes / 2) {
    throttled_ = false;
    quiet_since_ = worker_.now();  // nothing was received meanwhile
    worker_.continue_soon(*this);
  }
  if (blocked_) {
    set_deadline();
  } else if (phase_ == Phase::closing && outbox_.empty()) {
    all_sent();
  } else if (phase_ == Phase::lingering) {
    end_sending();
  } else if (was_blocked) {
    quiet_since_ = wants_input() ? worker_.now() : quiet_since_;  // no ping could have reached it meanwhile
    set_deadline();
  }
  watch();
}

// Returns how many bytes of the outbox were sent; nothing where the connection is lost.
std::optional<std::size_t> Connection::send_once(std::size_t bytes_max) {
  std::array<iovec, kPiecesPerSend> vectors;
  const std::span pieces = std::span(vectors).first(outbox_.gather(vectors, bytes_max));
  const Transfer transfer = stream_.send(pieces);
  if (transfer.status == Transfer::Status::lost) {
    return std::nullopt;
  }
  std::size_t offered = 0;
  for (const iovec& piece : pieces) {
    offered += piece.iov_len;
  }
  blocked_ = transfer.bytes < offered;
  if (transfer.bytes > 0) {
    outbox_.consume(worker_.outbox_pool(), transfer.bytes);
    outbox_.moved(worker_.now());
    worker_.metrics().sent_bytes.add(transfer.bytes);
  }
  outbox_.begins_to_wait(worker_.now());
  return transfer.bytes;
}

void Connection::flush_for_the_last_time() {
  int flushes = 0;
  do {
    flush();
  } while (!outbox_.empty() && !blocked_ && ++flushes < kLastFlushes);
}

// --- Pausing

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

auth::Spender Connection::spender() const {
  const auth::Principal* const principal = session_.principal().get();
  return {.connection = static_cast<std::uint64_t>(id()),
          .user = principal != nullptr ? std::string_view(principal->user) : std::string_view(),
          .address = address_.family == Address::Family::ip ? &address_.ip : nullptr,
          .rate_class = principal != nullptr ? std::string_view(principal->rate_class) : std::string_view()};
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

// Whether a message, a ping, or a pong that nobody asked for, is too much, and has been refused.
bool Connection::over_rates(const protocol::Incoming& message) {
  auto excess = spend(auth::Quantity::messages, 1 + reader_.take_short_fragments());
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

// What may never become a message. There is nothing yet that could be refused: that happens to the message, if it ends.
void Connection::spend_fragments() {
  if (!worker_.configuration().rates || phase_ != Phase::open) [[likely]] {
    return;
  }
  const std::uint32_t fragments = reader_.take_short_fragments();
  if (fragments == 0) {
    return;
  }
  const auto excess = spend(auth::Quantity::messages, fragments);
  if (excess && excess->limit.action == auth::OverLimit::close) {
    close(protocol::CloseCode::rate_limited, excess->reason());
  }
}

// --- Watching the socket

bool Connection::reads_messages() const {
  return phase_ == Phase::open || (phase_ == Phase::closing && await_peer_close_);
}

Connection::Status Connection::status() const {
  const Tick now = worker_.now();
  return {.connected = (now - began_) * kTick,
          .quiet = (now - std::min(now, quiet_since_)) * kTick,
          .waiting_bytes = outbox_.bytes(),
          .read_from = !stands_still(),
          .tls = stream_.tls() != nullptr,
          .compressed = compression_.agreed()};
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
  watched_ = events & (UV_READABLE | UV_WRITABLE);
  if (events == 0) {
    uv_poll_stop(&poll_);
    return;
  }
  uv_poll_start(&poll_, events, [](uv_poll_t* handle, int status, int ready) {
    static_cast<Connection*>(handle->data)->socket_ready(status, ready);
  });
}

}  // namespace sentix::core
