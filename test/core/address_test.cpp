#include "core/address.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

using sentix::core::Address;

namespace {

Address ipv4(const char* text, std::uint16_t port) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, text, &address.sin_addr);
  return Address::from(storage);
}

Address ipv6(const char* text, std::uint16_t port) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in6&>(storage);
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  inet_pton(AF_INET6, text, &address.sin6_addr);
  return Address::from(storage);
}

}  // namespace

TEST_CASE("addresses are shown as people write them") {
  CHECK(to_text(ipv4("192.0.2.1", 4711)) == "192.0.2.1:4711");
  CHECK(ip_to_text(ipv4("192.0.2.1", 4711)) == "192.0.2.1");
  CHECK(to_text(ipv6("2001:db8::1", 80)) == "[2001:db8::1]:80");
  CHECK(ip_to_text(ipv6("2001:db8::1", 80)) == "2001:db8::1");
  sockaddr_storage local{};
  local.ss_family = AF_UNIX;
  CHECK(to_text(Address::from(local)) == "unix");
  CHECK(to_text(Address{}).empty());
}

TEST_CASE("an IPv4 client of a dual-stack socket is the same as one of an IPv4 socket") {
  CHECK(ipv6("::ffff:192.0.2.1", 9) == ipv4("192.0.2.1", 9));
  CHECK_FALSE(ipv4("192.0.2.1", 9) == ipv4("192.0.2.2", 9));
}
