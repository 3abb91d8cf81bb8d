#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/ip_address.h"

namespace sentix::protocol {

// Which header the proxies in front write down, hop by hop, whose request it is. Not both: a proxy that writes the one
// passes the other on as its client sent it.
enum class ForwardedHeader : std::uint8_t { none, x_forwarded_for, forwarded };

// The name of that header; empty for none.
std::string_view header_name(ForwardedHeader header);

// Cuts the header's value, all its lines joined by commas, into what each hop says of the one before it: the nearest
// hop last. Borrows from `list`. Of `X-Forwarded-For` these are the elements; of `Forwarded` (RFC 7239 §4) the values
// of `for`, with an empty view for an element that has none, and nothing at all where the list breaks the grammar.
//
// Only syntax: what stands on the left was perhaps written by the client itself. Who may be believed is known to
// auth/forwarded_client.h.
std::optional<std::vector<std::string_view>> forwarded_nodes(ForwardedHeader header, std::string_view list);

// What one hop says (RFC 7239 §6).
struct ForwardedNode {
  enum class Kind : std::uint8_t { address, unknown, malformed };

  Kind kind = Kind::malformed;
  IpEndpoint from;  // where it is an address
};

// An address with or without a port, IPv6 with or without brackets; "unknown", a made-up name ("_proxy-1") or an empty
// text are unknown.
ForwardedNode parse_forwarded_node(std::string_view node);

}  // namespace sentix::protocol
