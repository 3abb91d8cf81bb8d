#include "tools/sentix/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/file_descriptor.h"

namespace sentix::tools {

namespace {

constexpr std::chrono::hours kTimeoutMax{1};  // who waits for longer may hear of it sooner

std::optional<std::chrono::microseconds> timeout_in(const Environment& environment) {
  const std::string pid = value_of(environment, "WATCHDOG_PID");
  const std::string text = value_of(environment, "WATCHDOG_USEC");
  std::int64_t count = 0;
  const bool is_number = std::from_chars(text.data(), text.data() + text.size(), count).ec == std::errc();
  if ((!pid.empty() && pid != std::to_string(::getpid())) || !is_number || count <= 0) {
    return std::nullopt;
  }
  return std::min<std::chrono::microseconds>(std::chrono::microseconds(count), kTimeoutMax);
}

}  // namespace

ServiceNotifier::ServiceNotifier(const Environment& environment)
    : path_(value_of(environment, "NOTIFY_SOCKET")), watchdog_timeout_(timeout_in(environment)) {}

void ServiceNotifier::ready(const std::string& status) const {
  send("READY=1\nSTATUS=" + status);
}

void ServiceNotifier::reloading() const {
  using std::chrono::microseconds;
  const auto now = std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now().time_since_epoch());
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void ServiceNotifier::stopping() const {
  send("STOPPING=1\nSTATUS=closing the clients");
}

void ServiceNotifier::alive() const {
  send("WATCHDOG=1");
}

void ServiceNotifier::send(std::string_view message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.empty() || path_.size() >= sizeof(address.sun_path)) {
    return;
  }
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') {
    address.sun_path[0] = '\0';
  }
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const core::FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
           bytes);
}

Watchdog::Watchdog(const ServiceNotifier& notifier, std::function<bool()> is_alive)
    : notifier_(notifier), is_alive_(std::move(is_alive)) {
  const auto timeout = notifier_.watchdog_timeout();
  if (!timeout) {
    return;
  }
  thread_ = std::thread([this, pause = *timeout / 2] {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, pause, [this] { return ending_; })) {
      if (is_alive_()) {
        notifier_.alive();
      }
    }
  });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

}  // namespace sentix::tools
