#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentix::protocol {

// An address of the Internet Protocol in 16 bytes of network order. IPv4 addresses are kept as IPv6 has them mapped
// (RFC 4291 §2.5.5.2) and shown as IPv4, so that one who comes by `::ffff:192.0.2.1` is the same as by `192.0.2.1`.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  static IpAddress from_ipv4(const std::array<std::uint8_t, 4>& ipv4);
  [[nodiscard]] bool is_ipv4() const;
  [[nodiscard]] bool is_loopback() const;  // 127.0.0.0/8 or ::1: of this machine, to itself

  bool operator==(const IpAddress&) const = default;
  bool operator<(const IpAddress& other) const { return bytes < other.bytes; }
};

inline constexpr unsigned kMappedPrefixBits = 96;  // of ::ffff:0:0/96, where IPv4 lies

// "192.0.2.1" or "2001:db8::1" (RFC 4291 §2.2): no brackets, no zone, no leading zeros in IPv4. Anything else gives
// nothing.
std::optional<IpAddress> parse_ip(std::string_view text);

// The shortest form (RFC 5952), without brackets.
std::string to_text(const IpAddress& address);

// An address with a port, as headers of proxies have it; port 0 where none is told.
struct IpEndpoint {
  IpAddress ip;
  std::uint16_t port = 0;

  bool operator==(const IpEndpoint&) const = default;
};

// Decimal digits up to 65535, without leading zeros.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace sentix::protocol
