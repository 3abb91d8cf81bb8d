#include "core/cluster/health_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/admin/json_body.h"

namespace sentix::core {
namespace {

constexpr const char* kHealth = "/health";
constexpr const char* kReady = "/ready";

}  // namespace

std::string trouble_of(std::string_view answer) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  constexpr std::size_t kStatusDigits = 3;
  if (!answer.starts_with(kVersion) || answer.size() < kVersion.size() + kStatusDigits) {
    return "the answer is no HTTP";
  }
  const std::string_view status = answer.substr(kVersion.size(), kStatusDigits);
  if (status == "200") {
    return {};
  }
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  const std::size_t head = answer.find(kEndOfHead);
  const std::array<std::string_view, 1> names{"message"};
  JsonBody body(names);
  if (head != std::string_view::npos && body.read(answer.substr(head + kEndOfHead.size())).empty()) {
    if (const auto message = body.text(0)) {
      return *message;
    }
  }
  return "the answer is " + std::string(status);
}

HealthCheck::HealthCheck(uv_loop_t* loop, std::uint16_t port, Clock::time_point deadline,
                         std::function<void(const Health&)> done)
    : loop_(loop), port_(port), deadline_(deadline), done_(std::move(done)) {
  ask(kHealth);
}

void HealthCheck::look(Clock::time_point now) {
  if (now >= deadline_ && done_) {
    health_.trouble = "no answer in time";
    finish();
  }
}

// What goes wrong here is seen at the deadline: there is a next time.
void HealthCheck::ask(const char* path) {
  watcher_.reset();
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!socket_ || (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
                   errno != EINPROGRESS)) {
    return;
  }
  request_ = std::string("GET ") + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  answer_.clear();
  watcher_ =
      make_uv_handle<uv_poll_t>(this, [this](uv_poll_t* handle) { return uv_poll_init(loop_, handle, socket_.get()); });
  if (watcher_) {
    uv_poll_start(watcher_.get(), UV_WRITABLE,
                  [](uv_poll_t* handle, int status, int) { static_cast<HealthCheck*>(handle->data)->act(status); });
  }
}

void HealthCheck::act(int status) {
  if (!request_.empty()) {
    // So few bytes go into an empty socket at once.
    if (status < 0 || ::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL) < 0) {
      health_.trouble = "nobody answers: " + std::generic_category().message(status < 0 ? -status : errno);
      finish();
      return;
    }
    request_.clear();
    uv_poll_start(watcher_.get(), UV_READABLE,
                  [](uv_poll_t* handle, int, int) { static_cast<HealthCheck*>(handle->data)->read(); });
  }
}

void HealthCheck::read() {
  std::array<char, 4096> buffer;
  const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  if (count > 0) {
    answer_.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count <= 0 || answer_.size() > kAnswerBytesMax) {
    answered();
  }
}

void HealthCheck::answered() {
  health_.trouble = trouble_of(answer_);
  const bool good = health_.trouble.empty();
  if (good && !health_.alive) {
    health_.alive = true;
    ask(kReady);
  } else {
    health_.ready = good;
    finish();
  }
}

void HealthCheck::finish() {
  watcher_.reset();
  socket_.reset();
  const auto done = std::exchange(done_, nullptr);
  const Health health = std::move(health_);
  done(health);
}

}  // namespace sentix::core
