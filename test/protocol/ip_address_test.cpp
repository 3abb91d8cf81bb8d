#include "protocol/ip_address.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

std::string shown(std::string_view text) {
  const test::GuardedBytes guarded(text);
  const auto address = parse_ip(guarded.text());
  return address ? to_text(*address) : "none";
}

TEST_CASE("addresses are read strictly, and shown in their shortest form") {
  CHECK(shown("192.0.2.1") == "192.0.2.1");
  CHECK(shown("0.0.0.0") == "0.0.0.0");
  CHECK(shown("255.255.255.255") == "255.255.255.255");
  CHECK(shown("2001:DB8:0:0::1") == "2001:db8::1");
  CHECK(shown("::") == "::");
  CHECK(shown("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(shown("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "192.0.2"sv, "192.0.2.1.1"sv, "192.0.2.256"sv, "192.0.2.01"sv, "0xC0.0.2.1"sv, "3221225985"sv,
        " 192.0.2.1"sv, "192.0.2.1 "sv, "192.0.2.1\0"sv, "192.0.2.1\0x"sv, "[::1]"sv, "fe80::1%eth0"sv, ":::"sv,
        "1::2::3"sv, "12345::"sv, "example.com"sv, "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555"sv,
        "0000:0000:0000:0000:0000:0000:0000:0000:0000"sv}) {
    CAPTURE(text);
    CHECK(shown(text) == "none");
  }
}

TEST_CASE("IPv4 is what lies in the mapped block") {
  CHECK(parse_ip("192.0.2.1")->is_ipv4());
  CHECK(parse_ip("192.0.2.1") == IpAddress::from_ipv4({192, 0, 2, 1}));
  CHECK(parse_ip("192.0.2.1") == parse_ip("::ffff:c000:201"));
  CHECK_FALSE(parse_ip("::192.0.2.1")->is_ipv4());
  CHECK_FALSE(parse_ip("2001:db8::1")->is_ipv4());
}

TEST_CASE("ports") {
  CHECK(parse_port("0") == 0);
  CHECK(parse_port("65535") == 65535);
  for (const std::string_view text : {"", "65536", "99999", "123456", "01", "-1", "+1", "1 ", "x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_port(text));
  }
}

}  // namespace
}  // namespace sentix::protocol
