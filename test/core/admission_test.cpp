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
  const Admission::Limits limits{.clients = 2, .clients_per_address = 0, .handshakes = 1};
  Admission admission;
  CHECK_FALSE(admission.enter(from_host(1), limits));
  CHECK_FALSE(admission.enter(from_host(1), limits));
  CHECK(admission.enter(from_host(1), limits) == protocol::Refusal::over_capacity);
  CHECK(admission.clients() == 2);
  admission.leave(from_host(1), limits);
  CHECK_FALSE(admission.enter(from_host(2), limits));
}

TEST_CASE("an address has a limit of its own, clients of a Unix socket have none") {
  const Admission::Limits limits{.clients = 0, .clients_per_address = 1, .handshakes = 1};
  Admission admission;
  CHECK_FALSE(admission.enter(from_host(1), limits));
  CHECK(admission.enter(from_host(1), limits) == protocol::Refusal::too_many_requests);
  CHECK(admission.clients() == 1);
  CHECK_FALSE(admission.enter(from_host(2), limits));
  admission.leave(from_host(1), limits);
  CHECK_FALSE(admission.enter(from_host(1), limits));
  Address local;
  local.family = Address::Family::unix_socket;
  CHECK_FALSE(admission.enter(local, limits));
  CHECK_FALSE(admission.enter(local, limits));
}

TEST_CASE("who came before addresses were counted is counted afterwards, and the other way round") {
  Admission::Limits limits{.clients = 0, .clients_per_address = 0, .handshakes = 1};
  Admission admission;
  CHECK_FALSE(admission.enter(from_host(1), limits));
  limits.clients_per_address = 1;
  admission.count_address(from_host(1));
  CHECK(admission.enter(from_host(1), limits) == protocol::Refusal::too_many_requests);
  admission.leave(from_host(1), limits);
  CHECK_FALSE(admission.enter(from_host(1), limits));
  admission.uncount_address(from_host(1));
  limits.clients_per_address = 0;
  CHECK_FALSE(admission.enter(from_host(1), limits));
  admission.leave(from_host(1), limits);
  admission.leave(from_host(1), limits);
  CHECK(admission.clients() == 0);
}

TEST_CASE("nobody enters while there is too much memory, and not again before there is clearly less") {
  const Admission::Limits limits{.clients = 0, .clients_per_address = 0, .handshakes = 1, .resident_bytes = 1600};
  Admission admission;
  CHECK_FALSE(admission.measure_memory(1600, limits));
  CHECK_FALSE(admission.enter(from_host(1), limits));
  CHECK(admission.measure_memory(1601, limits));
  CHECK(admission.enter(from_host(1), limits) == protocol::Refusal::short_of_memory);
  CHECK(admission.clients() == 1);
  CHECK_FALSE(admission.measure_memory(1501, limits));
  CHECK(admission.short_of_memory());
  CHECK(admission.measure_memory(1500, limits));
  CHECK_FALSE(admission.enter(from_host(1), limits));
  CHECK(admission.measure_memory(2000, limits));
  Admission::Limits without = limits;
  without.resident_bytes = 0;
  CHECK(admission.measure_memory(2000, without));
  CHECK_FALSE(admission.short_of_memory());
}

TEST_CASE("whoever has a /64 of IPv6 is one address") {
  const Admission::Limits limits{.clients = 0, .clients_per_address = 1, .handshakes = 1};
  Admission admission;
  const auto of = [](const char* text) { return Address{protocol::parse_ip(text).value(), 1, Address::Family::ip}; };
  CHECK_FALSE(admission.enter(of("2001:db8::1"), limits));
  CHECK(admission.enter(of("2001:db8::2:0:0:1"), limits) == protocol::Refusal::too_many_requests);
  CHECK_FALSE(admission.enter(of("2001:db8:0:1::1"), limits));
  admission.leave(of("2001:db8::1"), limits);
  CHECK_FALSE(admission.enter(of("2001:db8::2:0:0:1"), limits));
}

TEST_CASE("as many shake hands as there is room for, and who is one too many is told so once") {
  const Admission::Limits limits{.clients = 0, .clients_per_address = 0, .handshakes = 2};
  Admission admission;
  CHECK(admission.begin_handshake(limits));
  CHECK(admission.begin_handshake(limits));
  CHECK_FALSE(admission.too_many_strangers(limits));
  CHECK_FALSE(admission.begin_handshake(limits));
  admission.handshake_done();
  admission.stranger_answered();
  CHECK(admission.too_many_strangers(limits));
  admission.stranger_gone();
  CHECK_FALSE(admission.too_many_strangers(limits));
  admission.handshake_done();
  CHECK(admission.begin_handshake(limits));
}

TEST_CASE("threads that enter and leave together never exceed the limit") {
  constexpr std::size_t kLimit = 3;
  const Admission::Limits limits{.clients = kLimit, .clients_per_address = 2, .handshakes = 1};
  Admission admission;
  std::vector<std::thread> threads;
  std::atomic<bool> exceeded{false};
  for (std::uint8_t t = 0; t < 4; ++t) {
    threads.emplace_back([&admission, &limits, &exceeded, t] {
      std::atomic<int> inside{0};
      for (int i = 0; i < 5000; ++i) {
        if (!admission.enter(from_host(t % 2), limits)) {
          exceeded = exceeded || ++inside > 1;
          --inside;
          admission.leave(from_host(t % 2), limits);
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
