#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "protocol/ip_address.h"

namespace sentix::core {

// The other end of a connection, in 20 bytes.
struct Address {
  enum class Family : std::uint8_t { none, unix_socket, ip };

  protocol::IpAddress ip;
  std::uint16_t port = 0;
  Family family = Family::none;

  static Address from(const sockaddr_storage& address);

  bool operator==(const Address&) const = default;
};

std::string to_text(const Address& address);     // "192.0.2.1:4711", "[2001:db8::1]:4711" or "unix"; port 0 is not told
std::string ip_to_text(const Address& address);  // without the port, and without brackets

}  // namespace sentix::core
