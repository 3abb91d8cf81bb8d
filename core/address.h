#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>

namespace sentix::core {

// The other end of a connection, in 20 bytes. IPv4 addresses are kept as IPv6 has them mapped (RFC 4291 §2.5.5.2), and
// shown as IPv4.
struct Address {
  enum class Family : std::uint8_t { none, unix_socket, ip };

  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;
  Family family = Family::none;

  static Address from(const sockaddr_storage& address);

  bool operator==(const Address&) const = default;
};

std::string to_text(const Address& address);     // "192.0.2.1:4711", "[2001:db8::1]:4711" or "unix"
std::string ip_to_text(const Address& address);  // without the port, and without brackets

}  // namespace sentix::core
