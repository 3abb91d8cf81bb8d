#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "core/file_descriptor.h"

namespace sentix::test {

// A blocking socket that is connected to a server on this machine, for tests: raw bytes in both directions.
//
// Whatever takes longer than the timeout throws std::runtime_error, and so fails the test; other failures throw
// std::system_error, except where a function says otherwise. Belongs to one thread.
class ClientSocket {
 public:
  struct Options {
    std::chrono::milliseconds timeout = std::chrono::seconds(20);  // of every single send and receive
    int receive_buffer_bytes = 0;  // SO_RCVBUF, set before connecting: small for a slow reader; 0: the system's
  };

  // To 127.0.0.1.
  explicit ClientSocket(std::uint16_t port) : ClientSocket(port, Options()) {}
  ClientSocket(std::uint16_t port, const Options& options) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(options, address);
    const int on = 1;
    set_option(IPPROTO_TCP, TCP_NODELAY, on);
  }

  // To a Unix-domain socket.
  explicit ClientSocket(const std::string& path) : ClientSocket(path, Options()) {}
  ClientSocket(const std::string& path, const Options& options) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      throw std::invalid_argument("the path of the socket is too long");
    }
    path.copy(address.sun_path, path.size());
    connect(options, address);
  }

  [[nodiscard]] int descriptor() const { return fd_.get(); }

  // Sends everything. False where the peer has closed or reset the connection before all of it was taken.
  bool send(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EPIPE || errno == ECONNRESET) {
          return false;
        }
        fail("send");
      }
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool send(std::string_view text) { return send(std::as_bytes(std::span(text))); }

  enum class Ending : std::uint8_t { none, closed, reset };
  struct Received {
    std::size_t bytes = 0;
    Ending ending = Ending::none;
  };

  // What is there, as soon as something is: at least one byte, or how the peer ended the connection.
  Received receive(std::span<std::byte> into) {
    const ssize_t received = ::recv(fd_.get(), into.data(), into.size(), 0);
    if (received < 0) {
      if (errno == ECONNRESET) {
        return {.ending = Ending::reset};
      }
      fail("recv");
    }
    return {.bytes = static_cast<std::size_t>(received), .ending = received == 0 ? Ending::closed : Ending::none};
  }

  // Everything until the peer ends the connection, whichever way.
  std::string receive_all() {
    std::string all;
    char buffer[4096];
    for (;;) {
      const Received received = receive(std::as_writable_bytes(std::span(buffer)));
      if (received.ending != Ending::none) {
        return all;
      }
      all.append(buffer, received.bytes);
    }
  }

  // Tells the peer that nothing more will be sent.
  void shut_down_sending() { ::shutdown(fd_.get(), SHUT_WR); }

  // Closes; what was received and not read makes the system send a reset.
  void close() { fd_.reset(); }

  // Closes with a reset, as a process does that is killed with data under way.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    set_option(SOL_SOCKET, SO_LINGER, at_once);
    fd_.reset();
  }

 private:
  template <typename Address>
  void connect(const Options& options, const Address& address) {
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    fd_.reset(::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd_) {
      fail("socket");
    }
    if (options.receive_buffer_bytes > 0) {
      set_option(SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.timeout);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(options.timeout - seconds);
    const timeval timeout{.tv_sec = seconds.count(), .tv_usec = rest.count()};
    set_option(SOL_SOCKET, SO_RCVTIMEO, timeout);
    set_option(SOL_SOCKET, SO_SNDTIMEO, timeout);
    if (::connect(fd_.get(), generic, sizeof address) != 0) {
      fail("connect");
    }
  }

  template <typename Value>
  void set_option(int level, int name, const Value& value) {
    if (::setsockopt(fd_.get(), level, name, &value, sizeof value) != 0) {
      fail("setsockopt");
    }
  }

  [[noreturn]] static void fail(const char* what) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      throw std::runtime_error(std::string(what) + ": nothing happened within the timeout");
    }
    throw std::system_error(errno, std::generic_category(), what);
  }

  core::FileDescriptor fd_;
};

}  // namespace sentix::test
