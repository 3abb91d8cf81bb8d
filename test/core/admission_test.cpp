#include "core/admission.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace sentix;
using core::Address;
using core::Admission;

namespace {

Address from_host(std::uint8_t host) {
  Address address;
  address.family = Address::Family::ip;
  address.ip = protocol::IpAddress::from_ipv4({192, 0, 2, host});
  return address;
}

}  // namespace

TEST_CASE("as many clients enter as there is room for, and leaving makes room") {
  Admission admission({.clients = 2, .clients_per_address = 0, .handshakes = 1});
  CHECK_FALSE(admission.enter(from_host(1)));
  CHECK_FALSE(admission.enter(from_host(1)));
  CHECK(admission.enter(from_host(1)) == protocol::Refusal::over_capacity);
  CHECK(admission.clients() == 2);
  admission.leave(from_host(1));
  CHECK_FALSE(admission.enter(from_host(2)));
}

TEST_CASE("an address has a limit of its own, clients of a Unix socket have none") {
  Admission admission({.clients = 0, .clients_per_address = 1, .handshakes = 1});
  CHECK_FALSE(admission.enter(from_host(1)));
  CHECK(admission.enter(from_host(1)) == protocol::Refusal::too_many_requests);
  CHECK(admission.clients() == 1);
  CHECK_FALSE(admission.enter(from_host(2)));
  admission.leave(from_host(1));
  CHECK_FALSE(admission.enter(from_host(1)));
  Address local;
  local.family = Address::Family::unix_socket;
  CHECK_FALSE(admission.enter(local));
  CHECK_FALSE(admission.enter(local));
}

TEST_CASE("whoever has a /64 of IPv6 is one address") {
  Admission admission({.clients = 0, .clients_per_address = 1, .handshakes = 1});
  const auto of = [](const char* text) { return Address{protocol::parse_ip(text).value(), 1, Address::Family::ip}; };
  CHECK_FALSE(admission.enter(of("2001:db8::1")));
  CHECK(admission.enter(of("2001:db8::2:0:0:1")) == protocol::Refusal::too_many_requests);
  CHECK_FALSE(admission.enter(of("2001:db8:0:1::1")));
  admission.leave(of("2001:db8::1"));
  CHECK_FALSE(admission.enter(of("2001:db8::2:0:0:1")));
}

TEST_CASE("as many shake hands as there is room for, and who is one too many is told so once") {
  Admission admission({.clients = 0, .clients_per_address = 0, .handshakes = 2});
  CHECK(admission.begin_handshake());
  CHECK(admission.begin_handshake());
  CHECK_FALSE(admission.too_many_strangers());
  CHECK_FALSE(admission.begin_handshake());
  admission.handshake_done();
  admission.stranger_answered();
  CHECK(admission.too_many_strangers());
  admission.stranger_gone();
  CHECK_FALSE(admission.too_many_strangers());
  admission.handshake_done();
  CHECK(admission.begin_handshake());
}

TEST_CASE("threads that enter and leave together never exceed the limit") {
  constexpr std::size_t kLimit = 3;
  Admission admission({.clients = kLimit, .clients_per_address = 2, .handshakes = 1});
  std::vector<std::thread> threads;
  std::atomic<bool> exceeded{false};
  for (std::uint8_t t = 0; t < 4; ++t) {
    threads.emplace_back([&admission, &exceeded, t] {
      std::atomic<int> inside{0};
      for (int i = 0; i < 5000; ++i) {
        if (!admission.enter(from_host(t % 2))) {
          exceeded = exceeded || ++inside > 1;
          --inside;
          admission.leave(from_host(t % 2));
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK_FALSE(exceeded);
  CHECK(admission.clients() == 0);
}
