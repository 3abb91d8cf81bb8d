#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace sentix::test {

// An HTTP server on 127.0.0.1 that gives every request one answer, as it stands here, on a thread for each connection;
// with an empty one it gives none, and leaves connections open. It serves requests that arrive whole, as tests send
// them.
class SmallBackend {
 public:
  explicit SmallBackend(std::string answer) : answer_(std::move(answer)) {
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listening_, 64) != 0) {
      throw std::system_error(errno, std::generic_category(), "a backend of a test");
    }
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    thread_ = std::thread([this] { accept_all(); });
  }
  ~SmallBackend() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    for (std::thread& serving : serving_) serving.join();
    for (const int connection : connections_) close(connection);
    close(listening_);
  }
  SmallBackend(const SmallBackend&) = delete;
  SmallBackend& operator=(const SmallBackend&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }
  [[nodiscard]] std::size_t connections() const { return connection_count_; }

 private:
  void accept_all() {
    for (int fd = -1; (fd = accept(listening_, nullptr, nullptr)) >= 0;) {
      connections_.push_back(fd);
      ++connection_count_;
      serving_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string received;
    char buffer[4096];
    for (ssize_t count = 0; (count = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      received.append(buffer, static_cast<std::size_t>(count));
      if (!received.ends_with("}")) continue;  // the body is a JSON object
      received.clear();
      ++requests_;
      send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  const std::string answer_;
  std::string url_;
  int listening_ = -1;
  std::atomic<std::size_t> requests_ = 0;
  std::atomic<std::size_t> connection_count_ = 0;
  std::vector<int> connections_;
  std::vector<std::thread> serving_;
  std::thread thread_;
};

}  // namespace sentix::test
