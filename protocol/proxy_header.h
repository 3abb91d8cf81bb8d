#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/ip_address.h"

namespace sentix::protocol {

// The header of the PROXY protocol, versions 1 and 2 (HAProxy's doc/proxy-protocol.txt, §2.1 and §2.2), with which a
// proxy that passes bytes on says whose they are. It is the very first of a connection, before TLS.
//
// Whoever can connect can write one: the caller has to know that the peer is a proxy before it believes it.
struct ProxyHeader {
  enum class State : std::uint8_t {
    need_more,  // what is there may become a header
    complete,
    absent,  // the connection does not begin with one
    bad,     // it begins with a signature, and then breaks the rules
  };

  State state = State::need_more;
  std::size_t size = 0;              // where complete: in bytes
  std::optional<IpEndpoint> source;  // the client; none where the proxy speaks for itself (a health check: LOCAL), or
                                     // cannot tell by IP (UNKNOWN, UNSPEC, a Unix socket, datagrams)
};

// What a header may take. Version 1 has 107 at most; version 2 has 232 with the longest address, and TLVs behind it.
inline constexpr std::size_t kProxyHeaderBytesMax = 4096;

// Reads the header at the beginning of `bytes`, which are all that arrived so far; what follows it is not looked at.
// TLVs of version 2 are passed over, but have to fill the header exactly. Pure, and what is certain stays so, whatever
// else arrives; who may have begun a header has kProxyHeaderBytesMax to end it.
ProxyHeader read_proxy_header(std::span<const std::byte> bytes);

}  // namespace sentix::protocol
