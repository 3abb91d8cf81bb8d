#include "core/address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstring>

namespace sentix::core {

Address Address::from(const sockaddr_storage& address) {
  Address result;
  if (address.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &ipv4.sin_addr, bytes.size());
    result.ip = protocol::IpAddress::from_ipv4(bytes);
    result.port = ntohs(ipv4.sin_port);
    result.family = Family::ip;
  } else if (address.ss_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(result.ip.bytes.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
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
  return protocol::to_text(address.ip);
}

std::string to_text(const Address& address) {
  std::string ip = ip_to_text(address);
  if (address.family != Address::Family::ip) {
    return ip;
  }
  const std::string host = address.ip.is_ipv4() ? ip : "[" + ip + "]";
  return address.port == 0 ? host : host + ":" + std::to_string(address.port);
}

}  // namespace sentix::core
