// How a connection ends: by a close handshake, by a deadline, or at once; and what is told of it.
#include <algorithm>
#include <utility>

#include "core/application.h"
#include "core/connection.h"
#include "core/end_log.h"
#include "core/shared.h"
#include "core/worker.h"
#include "protocol/close_frame.h"

namespace sentix::core {

// --- Closing

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

void Connection::peer_ended() {
  if (phase_ == Phase::open) {
    flush_for_the_last_time();  // it may still be listening
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

// --- Deadlines

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
  return outbox_.empty() ? began_ + ticks(options.close_timeout) : outbox_.moved_at() + ticks(options.stall_timeout);
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
      ping_sent_ = pong_due_ = true;
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

}  // namespace sentix::core
