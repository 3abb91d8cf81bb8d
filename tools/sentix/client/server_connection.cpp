#include "tools/sentix/client/server_connection.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace sentix::tools {

namespace {

constexpr const char* kNoAnswer = "no answer in time";

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

[[noreturn]] void fail(int error) {
  throw std::runtime_error(std::generic_category().message(error));
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// The certificate that comes has to be good for the host of the URL.
void expect_host(SSL* ssl, const std::string& host) {
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set1_host(ssl, host.c_str());
    SSL_set_tlsext_host_name(ssl, host.c_str());  // no addresses in it (RFC 6066 §3)
  }
}

}  // namespace

ServerConnection::ServerConnection(const ServerUrl& url, const TlsTrust& trust, std::chrono::milliseconds patience)
    : patience_(patience) {
  connect(url);
  if (url.tls) {
    start_tls(url, trust);
  }
}

void ServerConnection::connect(const ServerUrl& url) {
  if (!url.socket_path.empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (url.socket_path.size() >= sizeof address.sun_path) {
      fail(ENAMETOOLONG);
    }
    std::memcpy(address.sun_path, url.socket_path.data(), url.socket_path.size());
    connect_to_one(reinterpret_cast<const sockaddr&>(address), sizeof address);
    return;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list); error != 0) {
    throw std::runtime_error(gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(list);
  for (const addrinfo* where = list; where != nullptr; where = where->ai_next) {
    try {
      connect_to_one(*where->ai_addr, where->ai_addrlen);
      return;
    } catch (const std::runtime_error&) {
      if (where->ai_next == nullptr) {
        throw;
      }
    }
  }
}

void ServerConnection::connect_to_one(const sockaddr& address, socklen_t size) {
  fd_.reset(::socket(address.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) {
    fail(errno);
  }
  if (::connect(fd_.get(), &address, size) == 0) {
    return;
  }
  if (errno != EINPROGRESS) {
    fail(errno);
  }
  if (!wait_for(POLLOUT, std::chrono::steady_clock::now() + patience_)) {
    throw std::runtime_error(kNoAnswer);
  }
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) {
    fail(error);
  }
}

void ServerConnection::start_tls(const ServerUrl& url, const TlsTrust& trust) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  const bool trusted = trust.ca_file.empty()
                           ? SSL_CTX_set_default_verify_paths(context_.get()) == 1
                           : SSL_CTX_load_verify_locations(context_.get(), trust.ca_file.c_str(), nullptr) == 1;
  if (!trusted) {
    throw std::runtime_error(trust.ca_file + ": " + core::take_openssl_error());
  }
  ssl_.reset(SSL_new(context_.get()));
  expect_host(ssl_.get(), url.host);
  SSL_set_verify(ssl_.get(), trust.anybody ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  SSL_set_fd(ssl_.get(), fd_.get());
  for (;;) {
    const int result = SSL_connect(ssl_.get());
    if (result == 1) {
      return;
    }
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (!trust.anybody && verdict != X509_V_OK) {
      throw std::runtime_error(std::string("its certificate is not believed: ") +
                               X509_verify_cert_error_string(verdict));
    }
    await_tls(result, "the TLS handshake failed");
  }
}

bool ServerConnection::wait_for(short events, Time until) const {
  pollfd waiting{.fd = fd_.get(), .events = events, .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
    if (ready > 0) {
      return true;
    }
    if (ready < 0 && errno != EINTR) {
      fail(errno);
    }
    if (ready == 0 && left <= 0) {
      return false;
    }
  }
}

// Waits for what OpenSSL lacks after `result`, or throws what is wrong.
void ServerConnection::await_tls(int result, const char* what) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    if (!wait_for(events, std::chrono::steady_clock::now() + patience_)) {
      throw std::runtime_error(kNoAnswer);
    }
    return;
  }
  const std::string words = core::take_openssl_error();
  throw std::runtime_error(std::string(what) + ": " + (words.empty() ? "the connection has ended" : words));
}

void ServerConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (ssl_) {
      await_tls(static_cast<int>(sent), "sending failed");
    } else if (errno != EAGAIN && errno != EINTR) {
      fail(errno);
    } else if (!wait_for(POLLOUT, std::chrono::steady_clock::now() + patience_)) {
      throw std::runtime_error(kNoAnswer);
    }
  }
}

std::optional<std::size_t> ServerConnection::receive(std::span<std::byte> buffer, Time until) {
  for (;;) {
    const ssize_t received = ssl_ ? SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))
                                  : ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (received > 0 || (received == 0 && !ssl_)) {
      return static_cast<std::size_t>(received);
    }
    short events = POLLIN;
    if (ssl_) {
      const int error = SSL_get_error(ssl_.get(), static_cast<int>(received));
      if (error == SSL_ERROR_ZERO_RETURN) {
        return 0;
      }
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        await_tls(static_cast<int>(received), "receiving failed");
      }
      events = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
    } else if (errno != EAGAIN && errno != EINTR) {
      fail(errno);
    }
    if (!wait_for(events, until)) {
      return std::nullopt;
    }
  }
}

}  // namespace sentix::tools
