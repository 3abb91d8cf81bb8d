#pragma once

#include <optional>
#include <string_view>

#include "auth/address_rules.h"
#include "protocol/forwarded.h"

namespace sentix::auth {

// Who stands behind a trusted proxy: goes through the header from the nearest hop on, for as long as those who say it
// are trusted themselves. Nothing further left is looked at; it may be the client's own invention.
//
// `proxy` is the peer, and trusted. A hop that says "unknown" ends the search: then it is the proxy that said so.
// Nothing: the list is malformed, or the element that counts is. Then a proxy that is trusted is not understood, and
// the request should be refused: the client must not get the proxy's own address by sending nonsense.
std::optional<protocol::IpEndpoint> forwarded_client(protocol::IpEndpoint proxy, protocol::ForwardedHeader header,
                                                     std::string_view list, const AddressRules& trusted);

}  // namespace sentix::auth
