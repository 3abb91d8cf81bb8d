#include "auth/forwarded_client.h"

#include <doctest/doctest.h>

#include <string>

namespace sentix::auth {
namespace {

using protocol::ForwardedHeader;

const AddressRules& trusted() {
  std::string error;
  static const Network networks[] = {parse_network("10.0.0.0/8", error).value(),
                                     parse_network("2001:db8:f::/48", error).value()};
  static const AddressRules rules = AddressRules::only(networks);
  return rules;
}

std::string client(ForwardedHeader header, std::string_view list) {
  const protocol::IpEndpoint proxy{protocol::parse_ip("10.0.0.1").value(), 4711};
  const auto found = forwarded_client(proxy, header, list, trusted());
  return found ? to_text(found->ip) + " " + std::to_string(found->port) : "malformed";
}

TEST_CASE("the client is the first from the right that is no trusted proxy") {
  const auto behind = [](std::string_view list) { return client(ForwardedHeader::x_forwarded_for, list); };
  CHECK(behind("") == "10.0.0.1 4711");
  CHECK(behind("192.0.2.1") == "192.0.2.1 0");
  CHECK(behind("198.51.100.66, 192.0.2.1:80") == "192.0.2.1 80");
  CHECK(behind("192.0.2.1, 10.0.0.2, 2001:db8:f::1") == "192.0.2.1 0");
  CHECK(behind("10.0.0.3, 10.0.0.2") == "10.0.0.3 0");
  CHECK(client(ForwardedHeader::forwarded, "for=198.51.100.66, for=192.0.2.1;proto=https") == "192.0.2.1 0");
  CHECK(client(ForwardedHeader::forwarded, "for=\"[2001:db8::1]:80\", for=10.0.0.2") == "2001:db8::1 80");
}

TEST_CASE("what a client wrote changes nothing behind what a proxy wrote") {
  for (const std::string_view forged : {"10.0.0.9", "nonsense", "unknown", "\"", ",,", "10.0.0.9, 10.0.0.8", "[", ""}) {
    CAPTURE(forged);
    CHECK(client(ForwardedHeader::x_forwarded_for, std::string(forged) + ", 192.0.2.1") == "192.0.2.1 0");
  }
  // Only a quote that is left open reaches into what comes behind, and then nothing of it is believed.
  CHECK(client(ForwardedHeader::forwarded, "for=\"10.0.0.9, for=192.0.2.1") == "malformed");
  CHECK(client(ForwardedHeader::forwarded, "for=\"10.0.0.9, for=192.0.2.1\", for=192.0.2.2") == "192.0.2.2 0");
}

TEST_CASE("a proxy that does not know stands for its client, one that is not understood for nobody") {
  CHECK(client(ForwardedHeader::x_forwarded_for, "192.0.2.1, unknown") == "10.0.0.1 4711");
  CHECK(client(ForwardedHeader::x_forwarded_for, "192.0.2.1, unknown, 10.0.0.2") == "10.0.0.2 0");
  CHECK(client(ForwardedHeader::forwarded, "for=192.0.2.1, proto=https") == "10.0.0.1 4711");
  CHECK(client(ForwardedHeader::x_forwarded_for, "192.0.2.1, example.com") == "malformed");
  CHECK(client(ForwardedHeader::forwarded, "192.0.2.1") == "malformed");
}

}  // namespace
}  // namespace sentix::auth
