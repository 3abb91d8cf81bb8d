#include "auth/network.h"

#include <algorithm>
#include <charconv>

#include "protocol/http_syntax.h"

namespace sentix::auth {

namespace {

using protocol::IpAddress;
using protocol::kMappedPrefixBits;

constexpr unsigned kBits = 128;
constexpr unsigned kNeighbourhoodBits = 64;

// `address` with all that follows its first `bits` bits as zeros, or as ones.
IpAddress filled(IpAddress address, unsigned bits, bool ones) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = std::clamp(static_cast<int>(bits) - static_cast<int>(8 * i), 0, 8);
    const auto behind = static_cast<std::uint8_t>(0xFFu >> kept);
    address.bytes[i] = static_cast<std::uint8_t>(ones ? address.bytes[i] | behind : address.bytes[i] & ~behind);
  }
  return address;
}

// Digits without leading zeros, up to `max`.
std::optional<unsigned> parse_prefix(std::string_view text, unsigned max) {
  const auto length = protocol::parse_port(text);
  return length && *length <= max ? std::optional<unsigned>(*length) : std::nullopt;
}

}  // namespace

IpAddress Network::last() const {
  return filled(first, bits, true);
}

bool Network::contains(const IpAddress& address) const {
  return filled(address, bits, false) == first && (bits >= kMappedPrefixBits || !address.is_ipv4());
}

std::optional<Network> parse_network(std::string_view text, std::string& error) {
  const bool has_prefix = text.find('/') != std::string_view::npos;
  const std::string_view address = protocol::take_until(text, '/');
  const auto ip = protocol::parse_ip(address);
  if (!ip) {
    error = "is no address or network such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32";
    return std::nullopt;
  }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8, and has the length of an IPv6 prefix because it is written as one.
  const bool ipv4 = address.find(':') == std::string_view::npos;
  const unsigned max = ipv4 ? 32 : kBits;
  const auto length = has_prefix ? parse_prefix(text, max) : max;
  if (!length) {
    error = "has no prefix length from 0 to " + std::to_string(max) + " behind its slash";
    return std::nullopt;
  }
  const Network network{*ip, *length + (ipv4 ? kMappedPrefixBits : 0)};
  const Network whole{filled(network.first, network.bits, false), network.bits};
  if (whole != network) {
    error = "has bits set behind its prefix: is " + to_text(whole) + " meant?";
    return std::nullopt;
  }
  return network;
}

std::string to_text(const Network& network) {
  const bool ipv4 = network.first.is_ipv4() && network.bits >= kMappedPrefixBits;
  return to_text(network.first) + "/" + std::to_string(network.bits - (ipv4 ? kMappedPrefixBits : 0));
}

IpAddress neighbourhood(const IpAddress& address) {
  return address.is_ipv4() ? address : filled(address, kNeighbourhoodBits, false);
}

}  // namespace sentix::auth
