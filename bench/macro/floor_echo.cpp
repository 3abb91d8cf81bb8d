// The physical floor: a bare epoll loop that sends back whatever arrives. It knows no frames, no deadlines, no limits,
// and does nothing that an echo can do without; what a server costs above it is what the server does.
//
//   sentix-floor PORT [THREADS]     on 127.0.0.1; port 0 takes a free one. Threads, one by default, share nothing
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = std::size_t{512} * 1024;
constexpr int kEventsMax = 1024;

void require(bool condition, const char* what) {
  if (!condition) {
    std::perror(what);
    std::exit(1);
  }
}

// What the kernel did not take of what came from one connection. While there is some, nothing more is read from it.
struct Rest {
  std::vector<char> bytes;
  std::size_t sent = 0;
};

class Echo {
 public:
  explicit Echo(std::uint16_t port) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
    require(::listen(listener_, SOMAXCONN) == 0, "listen");
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  void run() {
    std::array<epoll_event, kEventsMax> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), kEventsMax, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept();
        } else if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) {
          send_rest(fd);
        } else {
          echo(fd);
        }
      }
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t what) const {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (rests_.size() <= static_cast<std::size_t>(fd)) {
      rests_.resize(static_cast<std::size_t>(fd) + 1);
    }
    rests_[static_cast<std::size_t>(fd)] = {};
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  }

  void echo(int fd) {
    const ssize_t received = ::recv(fd, buffer_.data(), buffer_.size(), 0);
    if (received <= 0) {
      ::close(fd);
      return;
    }
    const ssize_t taken = ::send(fd, buffer_.data(), static_cast<std::size_t>(received), MSG_NOSIGNAL);
    const std::size_t sent = taken > 0 ? static_cast<std::size_t>(taken) : 0;
    if (sent < static_cast<std::size_t>(received)) {
      rests_[static_cast<std::size_t>(fd)] = {.bytes = {buffer_.data() + sent, buffer_.data() + received}};
      watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
    }
  }

  void send_rest(int fd) {
    Rest& rest = rests_[static_cast<std::size_t>(fd)];
    const ssize_t taken = ::send(fd, rest.bytes.data() + rest.sent, rest.bytes.size() - rest.sent, MSG_NOSIGNAL);
    if (taken < 0) {
      ::close(fd);
      return;
    }
    rest.sent += static_cast<std::size_t>(taken);
    if (rest.sent == rest.bytes.size()) {
      rest = {};
      watch(EPOLL_CTL_MOD, fd, EPOLLIN);
    }
  }

  int listener_;
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
  std::vector<Rest> rests_;  // by descriptor
};

std::uint16_t number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    std::fputs("usage: sentix-floor PORT [THREADS]\n", stderr);
    std::exit(2);
  }
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned threads = argc == 3 ? number(argv[2]) : 1;
  std::vector<std::unique_ptr<Echo>> echoes;
  echoes.push_back(std::make_unique<Echo>(number(argc == 2 || argc == 3 ? argv[1] : "")));
  const std::uint16_t port = echoes.front()->port();
  while (echoes.size() < threads) {
    echoes.push_back(std::make_unique<Echo>(port));
  }
  std::printf("listening on tcp://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) {
    others.emplace_back([&echo = *echoes[i]] { echo.run(); });
  }
  echoes.front()->run();
}
