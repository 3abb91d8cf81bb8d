#include "auth/forwarded_client.h"

namespace sentix::auth {

std::optional<protocol::IpEndpoint> forwarded_client(protocol::IpEndpoint proxy, protocol::ForwardedHeader header,
                                                     std::string_view list, const AddressRules& trusted) {
  const auto nodes = protocol::forwarded_nodes(header, list);
  if (!nodes) return std::nullopt;
  protocol::IpEndpoint client = proxy;
  for (auto node = nodes->rbegin(); node != nodes->rend(); ++node) {
    const protocol::ForwardedNode before = protocol::parse_forwarded_node(*node);
    if (before.kind == protocol::ForwardedNode::Kind::malformed) return std::nullopt;
    if (before.kind == protocol::ForwardedNode::Kind::unknown) break;
    client = before.from;
    if (!trusted.admits(client.ip)) break;
  }
  return client;
}

}  // namespace sentix::auth
