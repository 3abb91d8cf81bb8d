#include "tools/load/target.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <memory>
#include <stdexcept>

#include "tools/sentix/client/server_url.h"

namespace sentix::load {

namespace {

constexpr std::uint16_t kHttpPort = 80;

[[noreturn]] void fail(std::string_view url, const std::string& problem) {
  throw std::invalid_argument(std::string(url) + ": " + problem);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

tools::HostAndPort split(std::string_view url, std::string_view authority) {
  try {
    return tools::split_authority(authority);
  } catch (const std::invalid_argument& error) {
    fail(url, error.what());
  }
}

void resolve(Target& target, const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    fail(target.url, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
  target.address_size = found->ai_addrlen;
}

Target unix_target(std::string_view url, std::string_view path) {
  Target target{.url = std::string(url), .host = "localhost", .path = "/"};
  auto& address = reinterpret_cast<sockaddr_un&>(target.address);
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    fail(url, "the path of a Unix socket has 1 to " + std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  target.address_size = sizeof address;
  return target;
}

}  // namespace

Target parse_target(std::string_view url) {
  std::string_view rest = url;
  if (take_prefix(rest, "unix:")) {
    return unix_target(url, rest);
  }
  if (rest.starts_with("wss://")) {
    fail(url, "there is no TLS in this version; use ws://");
  }
  Target target{.url = std::string(url)};
  if (take_prefix(rest, "tcp://")) {
    target.transport = Transport::raw;
  } else if (!take_prefix(rest, "ws://")) {
    fail(url, "not one of ws://HOST[:PORT][/PATH], tcp://HOST:PORT and unix:/PATH");
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  target.path = slash < rest.size() ? rest.substr(slash) : "/";
  if (target.path.find_first_of("# \r\n") != std::string::npos) {
    fail(url, "a path has neither spaces nor a fragment");
  }
  const auto [host, port] = split(url, authority);
  if (!port && target.transport == Transport::raw) {
    fail(url, "names no port");
  }
  target.host = authority;
  resolve(target, host, std::to_string(port.value_or(kHttpPort)));
  return target;
}

std::string path_of_room(std::string_view path, std::size_t room) {
  constexpr std::string_view kPlaceholder = "{room}";
  std::string result(path);
  const std::string number = std::to_string(room);
  for (std::size_t at = result.find(kPlaceholder); at != std::string::npos; at = result.find(kPlaceholder, at)) {
    result.replace(at, kPlaceholder.size(), number);
  }
  return result;
}

}  // namespace sentix::load
