#include "tools/sentix/admin_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "protocol/json_fields.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"

namespace sentix::tools {

namespace {

constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string error_text() {
  return errno == EAGAIN ? "no answer in time" : std::generic_category().message(errno);
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      return;  // the server may have answered all the same: that it refuses the body, say
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string receive_all(int fd) {
  std::string all;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t received = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (received == 0 || (received < 0 && errno == ECONNRESET && !all.empty())) {
      return all;
    }
    if (received < 0) {
      throw std::runtime_error(error_text());
    }
    all.append(buffer.data(), static_cast<std::size_t>(received));
  }
}

// The sentence of {"code":"...","message":"..."}.
std::string message_of(std::string_view body) {
  constexpr std::array<std::string_view, 1> kNames{"message"};
  protocol::JsonFields fields(kNames);
  const bool readable = !fields.read(body) && !fields.value(0).empty() && fields.value(0).front() == '"';
  return readable ? protocol::unescape(protocol::string_body(fields.value(0))) : std::string(body);
}

}  // namespace

AdminClient::AdminClient(core::AdminAddress address, std::string token)
    : address_(std::move(address)), token_(std::move(token)) {
  if (address_.host == "0.0.0.0") {
    address_.host = "127.0.0.1";
  } else if (address_.host == "::") {
    address_.host = "::1";
  }
  const bool ipv6 = address_.host.find(':') != std::string::npos;
  shown_ = (ipv6 ? "[" + address_.host + "]" : address_.host) + ":" + std::to_string(address_.port);
}

core::FileDescriptor AdminClient::connect() const {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(address_.port);
  if (const int error = getaddrinfo(address_.host.c_str(), port.c_str(), &hints, &list); error != 0) {
    throw std::runtime_error(gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(list);
  for (const addrinfo* where = list; where != nullptr; where = where->ai_next) {
    core::FileDescriptor fd(::socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
    setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
    if (fd && ::connect(fd.get(), where->ai_addr, where->ai_addrlen) == 0) {
      return fd;
    }
  }
  throw std::runtime_error(error_text());
}

std::string AdminClient::request(std::string_view method, std::string_view path, std::string_view json) const {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(shown_).append("\r\nConnection: close\r\n");
  if (!token_.empty()) {
    text.append("Authorization: Bearer ").append(token_).append("\r\n");
  }
  if (method == "POST") {
    text.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(json.size()));
    text.append("\r\n");
  }
  return text.append("\r\n").append(json);
}

std::string AdminClient::ask(std::string_view method, std::string_view path, std::string_view json) const {
  std::string response;
  try {
    const core::FileDescriptor fd = connect();
    send_all(fd.get(), request(method, path, json));
    response = receive_all(fd.get());
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("the admin listener at " + shown_ + " cannot be asked: " + error.what());
  }
  return answer_of(response);
}

std::string answer_of(std::string_view response) {
  constexpr std::string_view kBegin = "HTTP/1.1 ";
  constexpr std::size_t kStatusBytes = 3;
  const std::size_t head_end = response.find("\r\n\r\n");
  if (!response.starts_with(kBegin) || head_end == std::string_view::npos) {
    throw std::runtime_error("whoever answers there is no admin listener of sentix");
  }
  const std::string_view status = response.substr(kBegin.size(), kStatusBytes);
  const std::string_view body = response.substr(head_end + 4);
  if (status != "200") {
    throw std::runtime_error(message_of(body));
  }
  return std::string(body);
}

}  // namespace sentix::tools
