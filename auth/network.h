#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/ip_address.h"

namespace sentix::auth {

// A block of addresses: those that share the first `bits` bits (CIDR, RFC 4632 and RFC 4291 §2.3).
//
// IPv4 lies in IPv6 as ::ffff:0:0/96, and 10.0.0.0/8 is ::ffff:10.0.0.0/104. An IPv6 block that is wider than that has
// no IPv4 addresses in it, although they lie between its ends: `::/0` is all of IPv6 and nothing else.
struct Network {
  protocol::IpAddress first;
  unsigned bits = 128;

  [[nodiscard]] protocol::IpAddress last() const;
  [[nodiscard]] bool contains(const protocol::IpAddress& address) const;

  bool operator==(const Network&) const = default;
};

// "192.0.2.0/24", "2001:db8::/32", or one address. Otherwise `error` is a sentence's end that says what is wrong with
// it; so too where bits are set behind the prefix, because then somebody counted wrong.
std::optional<Network> parse_network(std::string_view text, std::string& error);

std::string to_text(const Network& network);

// Who is to share a limit: an IPv4 address by itself, of IPv6 its /64, because that is what one customer has at least
// (RFC 6177), and can change addresses in as often as he likes.
protocol::IpAddress neighbourhood(const protocol::IpAddress& address);

}  // namespace sentix::auth
