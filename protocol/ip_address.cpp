#include "protocol/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
static_assert(kMapped.size() * 8 == kMappedPrefixBits);

}  // namespace

IpAddress IpAddress::from_ipv4(const std::array<std::uint8_t, 4>& ipv4) {
  IpAddress address;
  std::copy(ipv4.begin(), ipv4.end(), std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin()));
  return address;
}

bool IpAddress::is_ipv4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  if (is_ipv4()) return bytes[kMapped.size()] == IN_LOOPBACKNET;
  IpAddress one;
  one.bytes.back() = 1;
  return *this == one;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  // inet_pton() wants an end of its own, and would take what stands before a zero byte for all of it.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  std::array<std::uint8_t, 4> ipv4{};
  if (inet_pton(AF_INET, terminated.data(), ipv4.data()) == 1) return IpAddress::from_ipv4(ipv4);
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_ipv4()) {
    inet_ntop(AF_INET, address.bytes.data() + kMapped.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const bool digits = !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
  if (!digits || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  unsigned port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port <= 65535 ? std::optional(static_cast<std::uint16_t>(port)) : std::nullopt;
}

}  // namespace sentix::protocol
