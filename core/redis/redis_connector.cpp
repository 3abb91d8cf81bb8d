#include "core/redis/redis_connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>
#include <utility>

#include "core/tls/tls_client.h"

namespace sentix::core {

RedisConnector::RedisConnector(uv_loop_t& loop, const RedisUrl& url, TlsClientOptions tls, Done done)
    : loop_(loop),
      tls_(url.tls ? std::optional(std::move(tls)) : std::nullopt),
      host_(url.endpoints.empty() ? std::string() : url.endpoints.front().host),
      done_(std::move(done)),
      soon_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })) {
  if (url.unix_path.empty()) {
    look_up(url.endpoints.front());
  } else {
    use_unix_path(url.unix_path);
  }
}

RedisConnector::~RedisConnector() {
  handshake_.reset();  // before the sockets that they watch
  poll_.reset();
  if (look_up_ != nullptr) {
    look_up_->owner = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&look_up_->request));
  }
}

void RedisConnector::look_up(const RedisUrl::Endpoint& endpoint) {
  auto look_up = std::make_unique<LookUp>();
  look_up->owner = this;
  look_up->request.data = look_up.get();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  const auto finished = [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
    const std::unique_ptr<LookUp> mine(static_cast<LookUp*>(request->data));
    if (mine->owner != nullptr) {
      mine->owner->looked_up(status, found);
    }
    uv_freeaddrinfo(found);
  };
  const std::string port = std::to_string(endpoint.port);
  const int status = uv_getaddrinfo(&loop_, &look_up->request, finished, endpoint.host.c_str(), port.c_str(), &hints);
  if (status == 0) {
    look_up_ = look_up.release();
    return;
  }
  try_next_soon(uv_strerror(status));
}

void RedisConnector::try_next_soon(std::string problem) {
  problem_ = std::move(problem);
  uv_timer_start(
      soon_.get(), [](uv_timer_t* timer) { static_cast<RedisConnector*>(timer->data)->try_next(); }, 0, 0);
}

void RedisConnector::looked_up(int status, const addrinfo* found) {
  look_up_ = nullptr;
  if (status != 0) {
    problem_ = uv_strerror(status);
  }
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    Target target{.size = one->ai_addrlen};
    std::memcpy(&target.address, one->ai_addr, one->ai_addrlen);
    targets_.push_back(target);
  }
  try_next();
}

void RedisConnector::use_unix_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < sizeof(address.sun_path)) {
    std::memcpy(address.sun_path, path.data(), path.size());
    Target target{.size = sizeof(address)};
    std::memcpy(&target.address, &address, sizeof(address));
    targets_.push_back(target);
  }
  try_next_soon("the path of a Unix socket has at most " + std::to_string(sizeof(address.sun_path) - 1) + " bytes");
}

void RedisConnector::try_next() {
  handshake_.reset();
  stream_.reset();
  poll_.reset();
  socket_.reset();
  while (next_ < targets_.size()) {
    if (begin(targets_[next_++])) {
      return;
    }
    problem_ = std::generic_category().message(errno);
    socket_.reset();
  }
  done_(std::nullopt, problem_);
}

// False, with errno: it failed at once.
bool RedisConnector::begin(const Target& target) {
  socket_.reset(::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) {
    return false;
  }
  if (target.address.ss_family != AF_UNIX) {
    const int on = 1;  // everything of a turn is written at once already
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&target.address), target.size) != 0 &&
      errno != EINPROGRESS) {
    return false;
  }
  poll_ =
      make_uv_handle<uv_poll_t>(this, [this](uv_poll_t* poll) { return uv_poll_init(&loop_, poll, socket_.get()); });
  if (!poll_) {
    errno = ENOMEM;
    return false;
  }
  return uv_poll_start(poll_.get(), UV_WRITABLE,
                       [](uv_poll_t* poll, int, int) { static_cast<RedisConnector*>(poll->data)->connected(); }) == 0;
}

void RedisConnector::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    problem_ = std::generic_category().message(error);
    try_next();
    return;
  }
  poll_.reset();
  if (tls_) {
    begin_tls();
  } else {
    done_(Stream(std::move(socket_)), {});
  }
}

void RedisConnector::begin_tls() {
  try {
    auto session = std::make_unique<TlsSession>(new_tls_client(*tls_, host_), socket_.get(), std::span<std::byte>());
    stream_.emplace(std::move(socket_), std::move(session));
  } catch (const std::exception& error) {  // a file that will not do, or no memory
    problem_ = error.what();
    try_next();
    return;
  }
  handshake_ = std::make_unique<TlsHandshake>(loop_, *stream_, [this](const std::string& problem) {
    if (problem.empty()) {
      done_(std::move(stream_), {});
    } else {
      try_next_soon(problem);
    }
  });
}

}  // namespace sentix::core
