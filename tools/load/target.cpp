#include "tools/load/target.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

#include "protocol/request_target.h"
#include "tools/sentix/units.h"

namespace sentix::load {

namespace {

constexpr std::optional<std::uint64_t> kHttpPort = 80;
constexpr std::uint64_t kPortMax = 65'535;

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

void resolve(Target& target, std::string host, const std::string& port) {
  if (host.starts_with('[')) {  // an IPv6 address in a URL; resolvers want it without its brackets
    host = host.substr(1, host.size() - 2);
  }
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
  if (!protocol::is_host_and_port(authority)) {
    fail(url, "\"" + std::string(authority) + "\" is not HOST[:PORT]");
  }
  if (target.path.find_first_of("# \r\n") != std::string::npos) {
    fail(url, "a path has neither spaces nor a fragment");
  }
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  if (!has_port && target.transport == Transport::raw) {
    fail(url, "names no port");
  }
  const auto port = has_port ? tools::parse_number(authority.substr(colon + 1)) : kHttpPort;
  if (!port || *port == 0 || *port > kPortMax) {
    fail(url, "a port is a number from 1 to " + std::to_string(kPortMax));
  }
  target.host = authority;
  resolve(target, std::string(authority.substr(0, has_port ? colon : authority.size())), std::to_string(*port));
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
