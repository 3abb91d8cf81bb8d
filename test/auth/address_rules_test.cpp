#include "auth/address_rules.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace sentix::auth {
namespace {

using Texts = std::vector<std::string_view>;

std::vector<Network> networks(const Texts& texts) {
  std::vector<Network> result;
  std::string error;
  for (const std::string_view text : texts) {
    result.push_back(parse_network(text, error).value());
  }
  return result;
}

bool admits(const Texts& allowed, const Texts& denied, std::string_view address) {
  return AddressRules(networks(allowed), networks(denied)).admits(protocol::parse_ip(address).value());
}

// The definition: the longest prefix decides, a denial where two are as long.
bool admits_by_definition(const std::vector<Network>& allowed, const std::vector<Network>& denied,
                          const protocol::IpAddress& address) {
  int best = -1;
  bool result = allowed.empty();
  for (const Network& network : allowed) {
    if (network.contains(address) && static_cast<int>(network.bits) > best) {
      best = static_cast<int>(network.bits);
      result = true;
    }
  }
  for (const Network& network : denied) {
    if (network.contains(address) && static_cast<int>(network.bits) >= best) {
      best = static_cast<int>(network.bits);
      result = false;
    }
  }
  return result;
}

TEST_CASE("without rules everybody comes in, with allowed networks nobody else") {
  CHECK(admits({}, {}, "192.0.2.1"));
  CHECK_FALSE(AddressRules().restricts());
  CHECK(admits({"192.0.2.0/24"}, {}, "192.0.2.1"));
  CHECK_FALSE(admits({"192.0.2.0/24"}, {}, "192.0.3.1"));
  CHECK_FALSE(admits({"192.0.2.0/24"}, {}, "::1"));
  CHECK(admits({}, {"192.0.2.0/24"}, "192.0.3.0"));
  CHECK_FALSE(admits({}, {"192.0.2.0/24"}, "192.0.2.255"));
}

TEST_CASE("the most specific decides, and a denial of the same network") {
  const Texts allowed = {"10.0.0.0/8", "10.1.2.3"};
  const Texts denied = {"10.1.0.0/16", "10.0.0.0/8"};
  CHECK_FALSE(admits(allowed, denied, "10.0.0.0"));
  CHECK_FALSE(admits(allowed, denied, "10.1.2.2"));
  CHECK(admits(allowed, denied, "10.1.2.3"));
  CHECK_FALSE(admits(allowed, denied, "10.1.2.4"));
  CHECK(admits({"10.0.0.0/8"}, {"10.1.0.0/16"}, "10.2.0.0"));
}

TEST_CASE("networks of IPv6 say nothing about IPv4") {
  CHECK_FALSE(admits({"::/0"}, {}, "192.0.2.1"));
  CHECK(admits({"::/0"}, {}, "2001:db8::1"));
  CHECK(admits({}, {"::/0"}, "192.0.2.1"));
  CHECK_FALSE(admits({}, {"::/0"}, "::1"));
  CHECK_FALSE(admits({}, {"0.0.0.0/0"}, "192.0.2.1"));
  CHECK(admits({}, {"0.0.0.0/0"}, "::1"));
}

TEST_CASE("only those, and nobody where there are none") {
  CHECK_FALSE(AddressRules::only({}).admits({}));
  CHECK(AddressRules::only({}).restricts());
  CHECK(AddressRules::only(networks({"::/0"})).admits({}));
}

TEST_CASE("the ends of the space of addresses") {
  CHECK_FALSE(admits({}, {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  CHECK(admits({}, {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"));
  CHECK_FALSE(admits({}, {"::"}, "::"));
  CHECK(admits({}, {"::"}, "::1"));
  CHECK(admits({}, {"255.255.255.255"}, "::1:0:0:0"));
}

TEST_CASE("any rules decide as their definition does") {
  std::mt19937 random(20261125);
  const auto number = [&](unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random); };
  // Few different bits, so that networks lie within each other, and on both sides of IPv4's.
  const auto address = [&] {
    protocol::IpAddress ip = number(2) == 0 ? protocol::IpAddress::from_ipv4({0, 0, 0, 0}) : protocol::IpAddress{};
    ip.bytes[number(2) == 0 ? 15 : 10 + number(6)] ^= static_cast<std::uint8_t>(1u << number(8));
    ip.bytes[15] ^= static_cast<std::uint8_t>(number(4));
    return ip;
  };
  const auto some = [&] {
    std::vector<Network> list(number(8));
    std::generate(list.begin(), list.end(), [&] {
      const unsigned bits = number(2) == 0 ? 80 + number(49) : 120 + number(9);
      Network network{address(), 128};
      while (network.bits > bits) {
        --network.bits;
        network.first.bytes[network.bits / 8] &= static_cast<std::uint8_t>(~(0x80u >> network.bits % 8));
      }
      return network;
    });
    return list;
  };
  for (int i = 0; i < 3000; ++i) {
    const std::vector<Network> allowed = some();
    const std::vector<Network> denied = some();
    const AddressRules rules(allowed, denied);
    for (int j = 0; j < 50; ++j) {
      const protocol::IpAddress ip = address();
      REQUIRE(rules.admits(ip) == admits_by_definition(allowed, denied, ip));
    }
  }
}

}  // namespace
}  // namespace sentix::auth
