#include "tools/load/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <system_error>

#include "protocol/client_frame.h"
#include "protocol/client_handshake.h"
#include "protocol/close_frame.h"
#include "protocol/violation.h"

namespace sentix::load {

namespace {

constexpr std::size_t kAnswerBytesMax = 16 * 1024;
constexpr int kReadsPerTurn = 16;  // then the other clients have their turn

std::string text_of(int error) {
  return std::generic_category().message(error);
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string described(const protocol::Incoming& close) {
  std::string text = "closed with " + std::to_string(static_cast<unsigned>(close.close_code));
  if (!close.payload.empty()) {
    text.append(": ").append(as_text(close.payload));
  }
  return text;
}

}  // namespace

std::uint64_t now() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

Bytes client_frame(protocol::Opcode opcode, std::span<const std::byte> payload) {
  thread_local std::mt19937 random{std::random_device{}()};
  const auto number = static_cast<std::uint32_t>(random());
  protocol::MaskingKey key;
  std::memcpy(key.data(), &number, key.size());
  Bytes frame;
  protocol::append_client_frame(frame, opcode, true, key, payload);
  return frame;
}

bool Client::connect(const Target& target, const std::string& path) {
  socket_.reset(::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_ || uv_poll_init(&surroundings_.loop, &poll_, socket_.get()) != 0) {
    return false;
  }
  poll_.data = this;
  phase_ = Phase::connecting;
  target_ = &target;
  leaving_ = false;
  was_open_ = false;
  reading_ = true;
  reader_ = protocol::MessageReader(protocol::Role::client, kLimits);
  began_at_ = now();
  head_ = protocol::client_request({.host = target.host,
                                    .target = path,
                                    .key = surroundings_.key,
                                    .subprotocol = surroundings_.subprotocol,
                                    .bearer_token = surroundings_.bearer_token});
  if (target.address.ss_family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&target.address), target.address_size) != 0 &&
      errno != EINPROGRESS) {
    abort("connect: " + text_of(errno));
    return true;
  }
  watch();
  return true;
}

void Client::send(const SharedBytes& bytes, std::size_t size) {
  if (phase_ != Phase::open && phase_ != Phase::closing) {
    return;
  }
  const std::size_t written = waiting_.empty() ? write(std::span(*bytes).first(size)) : 0;
  if (written < size && phase_ != Phase::ending) {
    waiting_.push_back({bytes, written, size});
    watch();
  }
}

void Client::read(bool on) {
  reading_ = on;
  watch();
}

void Client::close(protocol::CloseCode code) {
  if (phase_ == Phase::closing) {  // the server has begun to, and does not finish
    abort("left");
    return;
  }
  leaving_ = true;
  if (phase_ != Phase::open || target_->transport == Transport::raw) {
    abort("left");
    return;
  }
  const auto number = static_cast<unsigned>(code);
  const std::array payload{static_cast<std::byte>(number >> 8), static_cast<std::byte>(number & 0xFF)};
  send_control(protocol::Opcode::close, payload);
  if (phase_ == Phase::open) {
    phase_ = Phase::closing;
    how_it_ended_ = "left";
  }
}

void Client::abort(const std::string& how) {
  if (phase_ == Phase::idle || phase_ == Phase::ending) {
    return;
  }
  phase_ = Phase::ending;
  if (how_it_ended_.empty()) {
    how_it_ended_ = how;
  }
  waiting_.clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto& client = *static_cast<Client*>(handle->data);
    client.phase_ = Phase::idle;
    client.surroundings_.meter.finished.add();
    client.surroundings_.events.ended(client, std::exchange(client.how_it_ended_, {}));
  });
  socket_.reset();
}

void Client::on_poll(uv_poll_t* handle, int status, int events) {
  auto& client = *static_cast<Client*>(handle->data);
  if (client.phase_ == Phase::connecting) {
    client.connected();
    return;
  }
  if (status < 0) {  // the handle has stopped; what was sent before a reset may still be there
    client.receive();
    client.abort("reset");
    return;
  }
  if ((events & UV_WRITABLE) != 0) {
    client.flush();
  }
  if ((events & UV_READABLE) != 0) {
    client.receive();
  }
}

void Client::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    abort("connect: " + text_of(error));
    return;
  }
  if (target_->transport == Transport::raw) {
    become_open();
    watch();
    return;
  }
  phase_ = Phase::handshake;
  const auto request = std::as_bytes(std::span(head_));
  if (write(request) != request.size()) {  // a socket that is new has room for a request
    abort("the request could not be sent whole");
    return;
  }
  head_.clear();
  watch();
}

void Client::become_open() {
  phase_ = Phase::open;
  was_open_ = true;
  surroundings_.meter.connected.add();
  surroundings_.events.opened(*this);
}

void Client::receive() {
  for (int i = 0; i < kReadsPerTurn && receive_once() && reading_; ++i) {
  }
  if (phase_ == Phase::open) {
    surroundings_.events.caught_up(*this);
  }
}

// Whether more may be there.
bool Client::receive_once() {
  const std::span<std::byte> direct = reader_.direct_target();
  const std::span<std::byte> target = direct.empty() ? surroundings_.receive_buffer : direct;
  const ssize_t size = ::recv(socket_.get(), target.data(), target.size(), 0);
  if (size <= 0) {
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      abort(size == 0 ? "the server ended the connection without a close frame" : "receiving: " + text_of(errno));
    }
    return false;
  }
  const auto received = static_cast<std::size_t>(size);
  surroundings_.meter.bytes_received.add(received);
  if (phase_ == Phase::handshake) {
    receive_answer(target.first(received));
  } else if (target_->transport == Transport::raw) {
    surroundings_.events.received(*this, target.first(received));
  } else if (!direct.empty()) {
    reader_.direct_received(received);
    receive_frames({});
  } else {
    receive_frames(target.first(received));
  }
  return received == target.size() && (phase_ == Phase::open || phase_ == Phase::closing);
}

void Client::receive_answer(std::span<std::byte> input) {
  head_.append(as_text(input));
  const auto answer = protocol::read_answer(head_, surroundings_.key);
  if (!answer) {
    if (head_.size() > kAnswerBytesMax) {
      abort("the answer to the handshake does not end");
    }
    return;
  }
  if (answer->problem) {
    abort(answer->status == 0 ? std::string(*answer->problem)
                              : std::string(*answer->problem) + ", status " + std::to_string(answer->status));
    return;
  }
  const std::span<std::byte> frames = input.last(head_.size() - answer->head_bytes);
  head_ = std::string();
  become_open();
  receive_frames(frames);
}

void Client::receive_frames(std::span<std::byte> input) {
  while (phase_ == Phase::open || phase_ == Phase::closing) {
    const protocol::Incoming event = reader_.next(input);
    if (event.kind == protocol::Incoming::Kind::need_more) {
      return;
    }
    act_on(event);
  }
}

void Client::act_on(const protocol::Incoming& event) {
  using Kind = protocol::Incoming::Kind;
  switch (event.kind) {
    case Kind::message:
      surroundings_.events.received(*this, event.payload);
      return;
    case Kind::ping:
      send_control(protocol::Opcode::pong, event.payload);
      return;
    case Kind::close:
      act_on_close(event);
      return;
    case Kind::violation:
      abort("the server broke the protocol: " + std::string(protocol::info(event.violation).text));
      return;
    case Kind::pong:
    case Kind::need_more:
      return;
  }
}

// The answer to a close frame of the server's; it closes TCP first (RFC 6455 §7.1.1).
void Client::act_on_close(const protocol::Incoming& event) {
  if (phase_ == Phase::closing) {
    return;
  }
  how_it_ended_ = described(event);
  send_control(protocol::Opcode::close, {});
  if (phase_ == Phase::open) {
    phase_ = Phase::closing;
  }
}

void Client::send_control(protocol::Opcode opcode, std::span<const std::byte> payload) {
  const auto frame = std::make_shared<const Bytes>(client_frame(opcode, payload));
  send(frame, frame->size());
}

// How much of the bytes the kernel took.
std::size_t Client::write(std::span<const std::byte> bytes) {
  const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR && errno != EPIPE && errno != ECONNRESET) {
      abort("sending: " + text_of(errno));
    }
    return 0;  // after a reset there may be a close frame to read, which says why
  }
  surroundings_.meter.bytes_sent.add(static_cast<std::uint64_t>(size));
  return static_cast<std::size_t>(size);
}

void Client::flush() {
  std::size_t done = 0;
  while (done < waiting_.size()) {
    Piece& piece = waiting_[done];
    piece.begin += write(std::span(*piece.bytes).subspan(piece.begin, piece.end - piece.begin));
    if (phase_ == Phase::ending) {
      return;
    }
    if (piece.begin < piece.end) {
      break;
    }
    ++done;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
  watch();
}

void Client::watch() {
  if (phase_ == Phase::idle || phase_ == Phase::ending) {
    return;
  }
  const bool writes = phase_ == Phase::connecting || !waiting_.empty();
  uv_poll_start(&poll_, (writes ? UV_WRITABLE : 0) | (reading_ ? UV_READABLE : 0), &on_poll);
}

}  // namespace sentix::load
