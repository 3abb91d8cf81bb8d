#include "auth/network.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

std::string shown(std::string_view text) {
  const test::GuardedBytes guarded(text);
  std::string error;
  const auto network = parse_network(guarded.text(), error);
  return network ? to_text(*network) : error;
}

bool contains(std::string_view network, std::string_view address) {
  std::string error;
  return parse_network(network, error).value().contains(protocol::parse_ip(address).value());
}

TEST_CASE("networks are read, and shown again") {
  CHECK(shown("192.0.2.0/24") == "192.0.2.0/24");
  CHECK(shown("192.0.2.1") == "192.0.2.1/32");
  CHECK(shown("0.0.0.0/0") == "0.0.0.0/0");
  CHECK(shown("2001:db8::/32") == "2001:db8::/32");
  CHECK(shown("::1") == "::1/128");
  CHECK(shown("::/0") == "::/0");
  CHECK(shown("::ffff:10.0.0.0/104") == "10.0.0.0/8");
  CHECK(shown("::ffff:10.1.2.3") == "10.1.2.3/32");
}

TEST_CASE("what is none is told why") {
  constexpr std::string_view kNone = "is no address or network such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32";
  for (const std::string_view text : {"", "/8", "10/8", "10.0.0/8", "example.com", "[::1]", "10.0.0.0 /8"}) {
    CAPTURE(text);
    CHECK(shown(text) == kNone);
  }
  for (const std::string_view text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8"}) {
    CAPTURE(text);
    CHECK(shown(text) == "has no prefix length from 0 to 32 behind its slash");
  }
  CHECK(shown("::/129") == "has no prefix length from 0 to 128 behind its slash");
  CHECK(shown("10.0.0.1/8") == "has bits set behind its prefix: is 10.0.0.0/8 meant?");
  CHECK(shown("2001:db8::1/33") == "has bits set behind its prefix: is 2001:db8::/33 meant?");
  CHECK(shown("10.1.2.3/0") == "has bits set behind its prefix: is 0.0.0.0/0 meant?");
}

TEST_CASE("what lies in a network") {
  CHECK(contains("192.0.2.0/24", "192.0.2.0"));
  CHECK(contains("192.0.2.0/24", "192.0.2.255"));
  CHECK_FALSE(contains("192.0.2.0/24", "192.0.3.0"));
  CHECK(contains("192.0.2.128/25", "::ffff:192.0.2.129"));
  CHECK_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  CHECK(contains("0.0.0.0/0", "255.255.255.255"));
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK(contains("::/0", "2001:db8::1"));
  CHECK_FALSE(contains("::/0", "192.0.2.1"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
}

TEST_CASE("the last address of a network") {
  std::string error;
  CHECK(to_text(parse_network("192.0.2.0/25", error)->last()) == "192.0.2.127");
  CHECK(to_text(parse_network("::/0", error)->last()) == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST_CASE("neighbours share a /64 of IPv6, and nothing of IPv4") {
  const auto of = [](std::string_view text) { return to_text(neighbourhood(protocol::parse_ip(text).value())); };
  CHECK(of("192.0.2.1") == "192.0.2.1");
  CHECK(of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::");
}

}  // namespace
}  // namespace sentix::auth
