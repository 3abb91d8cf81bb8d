#include "core/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace sentix::core {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_ipv4(const Address& address) {
  return std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), address.ip.begin());
}

}  // namespace

Address Address::from(const sockaddr_storage& address) {
  Address result;
  if (address.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    std::copy(kMappedIpv4.begin(), kMappedIpv4.end(), result.ip.begin());
    std::memcpy(result.ip.data() + kMappedIpv4.size(), &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    result.port = ntohs(ipv4.sin_port);
    result.family = Family::ip;
  } else if (address.ss_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(result.ip.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
    result.port = ntohs(ipv6.sin6_port);
    result.family = Family::ip;
  } else if (address.ss_family == AF_UNIX) {
    result.family = Family::unix_socket;
  }
  return result;
}

std::string ip_to_text(const Address& address) {
  if (address.family != Address::Family::ip) {
    return address.family == Address::Family::unix_socket ? "unix" : "";
  }
  char text[INET6_ADDRSTRLEN] = {};
  if (is_ipv4(address)) {
    inet_ntop(AF_INET, address.ip.data() + kMappedIpv4.size(), text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, address.ip.data(), text, sizeof(text));
  }
  return text;
}

std::string to_text(const Address& address) {
  std::string ip = ip_to_text(address);
  if (address.family != Address::Family::ip) {
    return ip;
  }
  return (is_ipv4(address) ? ip : "[" + ip + "]") + ":" + std::to_string(address.port);
}

}  // namespace sentix::core
