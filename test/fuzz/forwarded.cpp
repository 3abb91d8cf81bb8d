// Who stands behind a proxy. The input is the value of the header as a client sends it; the proxy appends to it. The
// properties:
//  - X-Forwarded-For: whatever the client wrote, the client is who the proxy says;
//  - Forwarded: so too, or the list is malformed and nobody is believed; what was cut lies in the list;
//  - what a hop says by address is read again from how it is shown.
#include "protocol/forwarded.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "auth/forwarded_client.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix;
using protocol::ForwardedHeader;
using sentix::test::require;

void check_node(std::string_view node) {
  const protocol::ForwardedNode read = protocol::parse_forwarded_node(node);
  if (read.kind != protocol::ForwardedNode::Kind::address) return;
  const bool ipv4 = read.from.ip.is_ipv4();
  const std::string text =
      (ipv4 ? "" : "[") + to_text(read.from.ip) + (ipv4 ? ":" : "]:") + std::to_string(read.from.port);
  require(protocol::parse_forwarded_node(text).from == read.from);
}

void check_list(ForwardedHeader header, std::string_view list) {
  const auto nodes = protocol::forwarded_nodes(header, list);
  if (!nodes) return;
  for (const std::string_view node : *nodes) {
    require(node.empty() || (node.data() >= list.data() && node.data() + node.size() <= list.data() + list.size()));
    check_node(node);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string forged(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  const protocol::IpEndpoint proxy{protocol::IpAddress::from_ipv4({10, 0, 0, 1}), 0};
  const protocol::IpEndpoint client{protocol::IpAddress::from_ipv4({192, 0, 2, 1}), 0};
  static const auth::Network kTrusted[] = {{protocol::IpAddress::from_ipv4({10, 0, 0, 0}), 104}};
  static const auth::AddressRules trusted = auth::AddressRules::only(kTrusted);

  check_list(ForwardedHeader::x_forwarded_for, forged);
  check_list(ForwardedHeader::forwarded, forged);
  check_node(forged);
  const auto simple = auth::forwarded_client(proxy, ForwardedHeader::x_forwarded_for, forged + ", 192.0.2.1", trusted);
  require(simple == client);
  const auto standard = auth::forwarded_client(proxy, ForwardedHeader::forwarded, forged + ", for=192.0.2.1", trusted);
  require(!standard || standard == client);
  return 0;
}
