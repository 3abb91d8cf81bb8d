#include "core/admin/admin_connection.h"

#include <algorithm>
#include <array>
#include <exception>
#include <span>
#include <utility>

#include "core/admin/gate.h"
#include "core/admin/listener.h"
#include "protocol/http_response.h"
#include "protocol/request_rules.h"

namespace sentix::core {
namespace {

constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kDiscardedMax = std::size_t{4} << 20;
constexpr std::chrono::seconds kHeartbeat{15};   // of a stream with nothing to tell; proxies give up after a minute
constexpr std::string_view kNothing = ":\n\n";   // a comment, which no reader of events sees
constexpr std::chrono::seconds kAnswerGrace{1};  // beyond answer_timeout, after which whoever answers says so itself

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string_view code_of(std::uint16_t status) {
  switch (status) {
    case 408:
      return "timeout";
    case 411:
    case 413:
    case 431:
      return "too_large";
    default:
      return "bad_request";
  }
}

AdminConnection& of(uv_handle_t* handle) {
  return *static_cast<AdminConnection*>(handle->data);
}

}  // namespace

AdminConnection::AdminConnection(AdminListener& listener, std::uint64_t id, const Address& from)
    : listener_(listener), id_(id), from_(from), parser_(listener.request_limits()) {}

bool AdminConnection::start(uv_loop_t* loop, FileDescriptor fd) {
  uv_tcp_init(loop, &tcp_);
  tcp_.data = this;
  phase_ = Phase::idle;
  if (uv_tcp_open(&tcp_, fd.get()) != 0) {
    return false;
  }
  fd.release();
  enter(Phase::idle, listener_.options().request_timeout);  // who connects has something to ask
  listen();
  return true;
}

void AdminConnection::close() {
  if (std::exchange(phase_, Phase::closing) != Phase::closing) {
    events_.reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), [](uv_handle_t* handle) {
      AdminConnection& closed = of(handle);
      closed.listener_.forget(closed);
    });
  }
}

void AdminConnection::enter(Phase phase, std::chrono::milliseconds time) {
  phase_ = phase;
  deadline_ms_ = listener_.now_ms() + static_cast<std::uint64_t>(time.count());
}

// --- Receiving

void AdminConnection::listen() {
  const auto give_buffer = [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    auto& shared = of(handle).listener_.receive_buffer;
    *buffer = uv_buf_init(shared.data(), static_cast<unsigned>(shared.size()));
  };
  const auto take = [](uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
    of(reinterpret_cast<uv_handle_t*>(stream)).received(count);
  };
  uv_read_start(reinterpret_cast<uv_stream_t*>(&tcp_), give_buffer, take);
}

void AdminConnection::received(ssize_t count) noexcept {
  if (count < 0) {
    return close();
  }
  try {
    take_in({listener_.receive_buffer.data(), static_cast<std::size_t>(count)});
  } catch (const std::exception&) {  // there is no memory for it
    close();
  }
}

void AdminConnection::take_in(std::string_view bytes) {
  if (phase_ == Phase::lingering || phase_ == Phase::streaming) {
    discarded_ += bytes.size();
    if (discarded_ > kDiscardedMax) {
      close();
    }
    return;
  }
  input_ += bytes;
  advance();
}

void AdminConnection::advance() {
  if (input_.empty()) {
    return;
  }
  if (phase_ == Phase::idle) {
    enter(Phase::receiving, listener_.options().request_timeout);
  }
  if (head_bytes_ == 0 && !read_head()) {
    return;
  }
  if (phase_ == Phase::receiving && input_.size() >= head_bytes_ + body_bytes_) {
    ask();
  }
}

bool AdminConnection::read_head() {
  const protocol::ParseResult result = parser_.parse(bytes_of(input_), listener_.request());
  if (result.state == protocol::ParseResult::State::refused) {
    refuse(result.refusal);
  } else if (result.state == protocol::ParseResult::State::complete) {
    accept_head(listener_.request(), result.consumed);
  }
  return head_bytes_ > 0;
}

// The gate is asked before the body is waited for.
void AdminConnection::accept_head(const protocol::HttpRequest& request, std::size_t bytes) {
  head_bytes_ = bytes;
  body_bytes_ = protocol::body_bytes(request);
  head_only_ = request.method == "HEAD";
  keep_alive_ =
      request.version == protocol::HttpVersion::http_1_1 && !request.headers.has_element("Connection", "close");
  const bool incomplete = input_.size() < head_bytes_ + body_bytes_;
  if (const auto denial = check_admin_request(request, from_, listener_.options())) {
    keep_alive_ = keep_alive_ && !incomplete;
    return answer(*denial);
  }
  if (incomplete && request.headers.has_element("Expect", "100-continue")) {
    std::string text(protocol::kContinueResponse);
    const uv_buf_t buffer = uv_buf_init(text.data(), static_cast<unsigned>(text.size()));
    uv_try_write(reinterpret_cast<uv_stream_t*>(&tcp_), &buffer, 1);  // a client does not wait for it for ever
  }
}

// The head is read once more, because the bytes may have moved since it was complete.
void AdminConnection::ask() {
  enter(Phase::answering, listener_.options().answer_timeout + kAnswerGrace);
  uv_read_stop(reinterpret_cast<uv_stream_t*>(&tcp_));
  protocol::RequestParser again(listener_.request_limits());
  static_cast<void>(again.parse(bytes_of(input_), listener_.request()));
  listener_.dispatch(*this, {listener_.request(), std::string_view(input_).substr(head_bytes_, body_bytes_)});
}

void AdminConnection::refuse(protocol::Refusal refusal) {
  const protocol::RefusalInfo& info = protocol::describe(refusal);
  keep_alive_ = false;
  answer(admin_error(info.status, code_of(info.status), info.sentence));
}

// --- Answering

void AdminConnection::answer(const AdminAnswer& answer) {
  if (phase_ != Phase::receiving && phase_ != Phase::answering) {
    return;
  }
  ++listener_.context().answers[answer.status];
  const bool streams = answer.events != nullptr && !head_only_;
  output_ = protocol::answer_response({.status = answer.status,
                                       .content_type = answer.content_type,
                                       .body = answer.body,
                                       .allow = answer.allow,
                                       .content_security_policy = answer.content_security_policy,
                                       .keep_alive = keep_alive_ && !streams,
                                       .head_only = head_only_,
                                       .open_ended = streams});
  if (streams) {
    stream(answer.events);
  } else {
    phase_ = Phase::sending;
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&tcp_));
  }
  write();
}

// What the client may still send is discarded; that it has gone is noticed.
void AdminConnection::stream(std::shared_ptr<EventStream> events) {
  phase_ = Phase::streaming;
  input_ = {};
  events_ = std::move(events);
  events_->when_ready([this] { feed(); });
  listen();
}

// Nothing is taken out while something waits for the client: it piles up where it is bounded.
void AdminConnection::feed() {
  if (phase_ != Phase::streaming || !output_.empty()) {
    return;
  }
  output_ = events_->take();
  output_.empty() ? enter(Phase::streaming, kHeartbeat) : write();
}

void AdminConnection::write() {
  enter(phase_, listener_.options().request_timeout);
  write_.data = this;
  const uv_buf_t buffer = uv_buf_init(output_.data(), static_cast<unsigned>(output_.size()));
  const auto done = [](uv_write_t* write, int status) { static_cast<AdminConnection*>(write->data)->sent(status); };
  if (uv_write(&write_, reinterpret_cast<uv_stream_t*>(&tcp_), &buffer, 1, done) != 0) {
    close();
  }
}

void AdminConnection::sent(int status) noexcept {
  if (status < 0 || (phase_ != Phase::sending && phase_ != Phase::streaming)) {
    return close();
  }
  output_ = {};
  try {
    if (phase_ == Phase::streaming) {
      return feed();
    }
    keep_alive_ ? next() : linger();
  } catch (const std::exception&) {
    close();
  }
}

void AdminConnection::linger() {
  enter(Phase::lingering, kLingerTime);
  uv_shutdown(&shutdown_, reinterpret_cast<uv_stream_t*>(&tcp_), [](uv_shutdown_t*, int) {});
  listen();
}

// What has arrived behind the request is the next one.
void AdminConnection::next() {
  input_.erase(0, head_bytes_ + body_bytes_);
  input_.shrink_to_fit();
  head_bytes_ = body_bytes_ = 0;
  parser_ = protocol::RequestParser(listener_.request_limits());
  enter(Phase::idle, listener_.options().idle_timeout);
  listen();
  advance();
}

void AdminConnection::look_at_clock() {
  if (phase_ == Phase::closing || listener_.now_ms() < deadline_ms_) {
    return;
  }
  switch (phase_) {
    case Phase::receiving:
      return refuse(protocol::Refusal::handshake_timeout);
    case Phase::answering:
      return answer(admin_error(504, "timeout", "There was no answer in time."));
    case Phase::streaming:
      if (output_.empty()) {
        output_ = kNothing;
        return write();
      }
      return close();  // it has not taken what it was sent
    default:
      return close();
  }
}

}  // namespace sentix::core
