#include "core/listening_socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/address.h"

namespace sentix::core {
namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn
constexpr std::string_view kUnixPrefix = "unix:";

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  // An address may be written in brackets, as in a URL.
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  if (const int error = getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0) {
    fail(EADDRNOTAVAIL, "--host " + host + " is no address of this machine (" + gai_strerror(error) + ")");
  }
  return Addresses(list);
}

void set_port(sockaddr_storage& address, std::uint16_t port) {
  if (address.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return Address::from(address).port;
}

FileDescriptor new_socket(int family) {
  FileDescriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) {
    fail(errno, "cannot make a listening socket");
  }
  return fd;
}

// Whether the kernel knows the address at all, whoever listens on it.
bool is_of_this_machine(const addrinfo& where) {
  const FileDescriptor probe(::socket(where.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return probe && (::bind(probe.get(), where.ai_addr, where.ai_addrlen) == 0 || errno != EADDRNOTAVAIL);
}

void share_port(const FileDescriptor& fd) {
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
}

std::string place_text(const std::string& host, std::uint16_t port) {
  return host + ", --port " + std::to_string(port);
}

[[noreturn]] void fail_to_listen(int error, const std::string& place) {
  const std::string what = "cannot listen on " + place;
  fail(error, error == EADDRINUSE ? what + ": another program does already" : what);
}

FileDescriptor bind_to(const addrinfo& where, std::uint16_t port, bool share, const std::string& host) {
  FileDescriptor fd = new_socket(where.ai_family);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (share) {
    share_port(fd);
  }
  // What is accepted inherits this: bytes are written once a turn, and must not wait until those of the turn before are
  // acknowledged.
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (where.ai_family == AF_INET6) {
    const int only = host == "::" || host == "[::]" ? 0 : 1;  // "::" is every address, of IPv4 as well
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
  }
  sockaddr_storage address{};
  std::memcpy(&address, where.ai_addr, where.ai_addrlen);
  set_port(address, port);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), where.ai_addrlen) != 0) {
    fail_to_listen(errno, place_text(host, port));
  }
  return fd;
}

void start_listening(const FileDescriptor& fd, const std::string& what) {
  if (::listen(fd.get(), kBacklog) != 0) {
    fail_to_listen(errno, what);
  }
}

// The sockets of one address, one for each worker. An address that nobody listens on can be bound by many at once (that
// is what SO_REUSEADDR means to Linux); it is listen() that lets in one of them alone. So the first socket listens
// before it allows others beside it: whoever comes meanwhile, or insists on being alone later, is refused.
std::vector<FileDescriptor> listen_at(const addrinfo& where, const ListenRequest& request, std::uint16_t port) {
  std::vector<FileDescriptor> sockets;
  for (unsigned i = 0; i < request.workers; ++i) {
    const bool joins = request.reuse_port || i > 0;
    sockets.push_back(bind_to(where, port, joins, request.host));
    port = bound_port(sockets.back().get());
    start_listening(sockets.back(), place_text(request.host, port));
    if (!joins && request.workers > 1) {
      share_port(sockets.back());
    }
  }
  return sockets;
}

ListeningSockets listen_on_tcp(const ListenRequest& request) {
  const Addresses addresses = resolve(request.host);
  ListeningSockets result;
  result.port = request.port;
  result.of_worker.resize(request.workers);
  for (const addrinfo* where = addresses.get(); where != nullptr; where = where->ai_next) {
    const bool another = where->ai_next != nullptr || !result.of_worker.front().empty();
    if (another && !is_of_this_machine(*where)) {
      continue;  // a name may stand for an IPv6 address where IPv6 is off
    }
    std::vector<FileDescriptor> sockets = listen_at(*where, request, result.port);
    result.port = bound_port(sockets.front().get());
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      result.of_worker[i].push_back(std::move(sockets[i]));
    }
  }
  const bool bare_ipv6 = request.host.find(':') != std::string::npos && request.host.front() != '[';
  const std::string host = bare_ipv6 ? "[" + request.host + "]" : request.host;
  result.url = (request.tls ? "wss://" : "ws://") + host + ":" + std::to_string(result.port);
  return result;
}

// Removes the socket of a server that is gone.
void make_room(const sockaddr_un& address, const std::string& path, const PathWords& words) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return;
  }
  if (!S_ISSOCK(status.st_mode)) {
    fail(EEXIST, words.setting + ": there is something else than a socket at this path");
  }
  const FileDescriptor probe = new_socket(AF_UNIX);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 || errno == EAGAIN) {
    fail(EADDRINUSE, words.setting + ": " + words.rival + " listens there already");
  }
  if (errno != ECONNREFUSED) {
    fail(errno, words.setting + ": cannot tell whether " + words.rival + " listens there");
  }
  ::unlink(path.c_str());
}

ListeningSockets listen_on_unix(const ListenRequest& request) {
  const std::string path = request.host.substr(kUnixPrefix.size());
  FileDescriptor fd = listen_at_path(path, 0660, {.setting = "--host " + request.host, .rival = "another program"});
  ListeningSockets result;
  result.of_worker.resize(request.workers);
  result.of_worker.front().push_back(std::move(fd));
  result.url = request.host;
  result.unix_path = path;
  return result;
}

// A listening socket and where it listens.
struct Bound {
  explicit Bound(FileDescriptor socket) : fd(std::move(socket)) {
    int listens = 0;
    int type = 0;
    socklen_t bytes = sizeof(listens);
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes) != 0 ||
        ::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &bytes) != 0 || listens == 0 || type != SOCK_STREAM) {
      fail(ENOTSOCK,
           "descriptor " + std::to_string(fd.get()) + " was handed to this process and is no listening socket");
    }
    size = sizeof(address);
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  }

  [[nodiscard]] std::string_view bytes() const { return {reinterpret_cast<const char*>(&address), size}; }
  [[nodiscard]] bool is_unix() const { return address.ss_family == AF_UNIX; }
  [[nodiscard]] std::string path() const {
    const auto& unix_address = reinterpret_cast<const sockaddr_un&>(address);
    return {unix_address.sun_path, strnlen(unix_address.sun_path, sizeof(unix_address.sun_path))};
  }

  FileDescriptor fd;
  sockaddr_storage address{};
  socklen_t size = 0;
};

// What this process sets on sockets of its own (new_socket, bind_to).
void set_up(const FileDescriptor& fd) {
  const int on = 1;
  ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails on a Unix socket, which needs it not
}

FileDescriptor duplicate(const FileDescriptor& fd) {
  FileDescriptor copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) {
    fail(errno, "cannot duplicate a listening socket");
  }
  return copy;
}

// The sockets of one address.
void share_out_one(std::vector<FileDescriptor> sockets, std::vector<std::vector<FileDescriptor>>& of_worker) {
  for (std::size_t i = sockets.size(); i < of_worker.size(); ++i) {
    of_worker[i].push_back(duplicate(sockets[i % sockets.size()]));
  }
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    of_worker[i % of_worker.size()].push_back(std::move(sockets[i]));
  }
}

}  // namespace

FileDescriptor listen_at_path(const std::string& path, unsigned mode, const PathWords& words) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    fail(ENAMETOOLONG, words.setting + ": the path of a Unix socket has 1 to " +
                           std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  make_room(address, path, words);
  FileDescriptor fd = new_socket(AF_UNIX);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    fail(errno, words.setting + ": cannot listen there");
  }
  // Nobody can connect between the two calls: the socket is not listening yet.
  if (::chmod(path.c_str(), mode) != 0) {
    fail(errno, words.setting + ": cannot set the mode of the socket");
  }
  start_listening(fd, std::string(kUnixPrefix) + path);
  return fd;
}

bool is_unix_path(const std::string& host) {
  return host.starts_with(kUnixPrefix);
}

ListeningSockets listen_on(const ListenRequest& request) {
  return is_unix_path(request.host) ? listen_on_unix(request) : listen_on_tcp(request);
}

ListeningSockets share_out(InheritedSockets inherited, unsigned workers, bool tls) {
  ListeningSockets result;
  result.of_worker.resize(workers);
  std::map<std::string, std::vector<FileDescriptor>> by_address;
  for (FileDescriptor& fd : inherited.listening) {
    Bound bound(std::move(fd));
    set_up(bound.fd);
    if (bound.is_unix()) {
      result.url = std::string(kUnixPrefix) + bound.path();
      result.unix_path = inherited.with_path ? bound.path() : std::string();
      result.of_worker.front().push_back(std::move(bound.fd));
      continue;
    }
    const Address address = Address::from(bound.address);
    result.port = address.port;
    result.url = (tls ? "wss://" : "ws://") + to_text(address);
    by_address[std::string(bound.bytes())].push_back(std::move(bound.fd));
  }
  for (auto& [address, sockets] : by_address) {
    share_out_one(std::move(sockets), result.of_worker);
  }
  return result;
}

std::vector<FileDescriptor> duplicates(const std::vector<FileDescriptor>& sockets) {
  std::vector<FileDescriptor> copies;
  copies.reserve(sockets.size());
  for (const FileDescriptor& fd : sockets) {
    copies.push_back(duplicate(fd));
  }
  return copies;
}

}  // namespace sentix::core
