#include "auth/rate_limits.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace sentix::auth {
namespace {

using namespace std::chrono_literals;

constexpr TokenBucket::Time kStart{std::chrono::hours(1)};
constexpr KeyedHash::Key kKey = {1, 2};

const protocol::IpAddress& address(std::string_view text) {
  static protocol::IpAddress ip;
  ip = protocol::parse_ip(text).value();
  return ip;
}

RateLimitOptions one(Quantity quantity, Scope scope, const RateLimit& limit) {
  RateLimitOptions options;
  options.of(quantity, scope) = limit;
  return options;
}

constexpr RateLimit kTwo{{.units = 2, .burst = 0, .period = 1s}, OverLimit::error};

TEST_CASE("without limits nothing is counted") {
  RateLimits none({}, kKey);
  CHECK_FALSE(RateLimitOptions().any());
  CHECK_FALSE(none.limits(Quantity::messages));
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(none.spend(Quantity::messages, {.connection = 1}, 1'000'000, kStart));
  }
}

TEST_CASE("a limit of a connection, and nothing else, is that connection's") {
  RateLimits limits(one(Quantity::messages, Scope::connection, kTwo), kKey);
  CHECK(limits.limits(Quantity::messages));
  CHECK_FALSE(limits.limits(Quantity::bytes));
  CHECK_FALSE(limits.spend(Quantity::messages, {.connection = 1}, 2, kStart));
  const auto excess = limits.spend(Quantity::messages, {.connection = 1}, 1, kStart);
  REQUIRE(excess);
  CHECK(excess->wait == 500ms);
  CHECK(excess->sentence() == "Too fast: rate.messages_per_connection is 2 a second. Try again in 500 ms.");
  CHECK_FALSE(limits.spend(Quantity::messages, {.connection = 2}, 2, kStart));
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1}, 1'000'000, kStart));
  CHECK_FALSE(limits.spend(Quantity::messages, {.connection = 1}, 1, kStart + 500ms));
}

TEST_CASE("users and addresses share theirs, and who has none has no limit") {
  RateLimitOptions options = one(Quantity::subscribes, Scope::user, kTwo);
  options.of(Quantity::connections, Scope::address) = kTwo;
  RateLimits limits(options, kKey);
  CHECK_FALSE(limits.spend(Quantity::subscribes, {.connection = 1, .user = "ann"}, 2, kStart));
  CHECK(limits.spend(Quantity::subscribes, {.connection = 2, .user = "ann"}, 1, kStart));
  CHECK_FALSE(limits.spend(Quantity::subscribes, {.connection = 2, .user = "bob"}, 1, kStart));
  CHECK_FALSE(limits.spend(Quantity::subscribes, {.connection = 3}, 1000, kStart));

  const auto connect = [&](std::string_view from) {
    return limits.spend(Quantity::connections, {.address = &address(from)}, 2, kStart).has_value();
  };
  CHECK_FALSE(connect("192.0.2.1"));
  CHECK(connect("192.0.2.1"));
  CHECK_FALSE(connect("192.0.2.2"));
  CHECK_FALSE(connect("2001:db8::1"));
  CHECK(connect("2001:db8::ffff:0:0:1"));
  CHECK_FALSE(connect("2001:db8:0:1::1"));
  CHECK_FALSE(limits.spend(Quantity::connections, {}, 1000, kStart));
}

TEST_CASE("the server's limit is everybody's") {
  RateLimits limits(one(Quantity::bytes, Scope::server, kTwo), kKey);
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1}, 1, kStart));
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 2}, 1, kStart));
  CHECK(limits.spend(Quantity::bytes, {.connection = 3}, 1, kStart));
}

TEST_CASE("of several limits the most severe decides, then the longest wait") {
  RateLimitOptions options = one(Quantity::messages, Scope::connection, {{.units = 1}, OverLimit::throttle});
  options.of(Quantity::messages, Scope::user) = {{.units = 2}, OverLimit::close};
  options.of(Quantity::messages, Scope::server) = {{.units = 3}, OverLimit::close};
  RateLimits limits(options, kKey);
  const Spender ann{.connection = 1, .user = "ann"};
  CHECK_FALSE(limits.spend(Quantity::messages, ann, 1, kStart));
  auto excess = limits.spend(Quantity::messages, ann, 1, kStart);
  REQUIRE(excess);
  CHECK(excess->scope == Scope::connection);
  excess = limits.spend(Quantity::messages, ann, 1, kStart);
  REQUIRE(excess);
  CHECK(excess->scope == Scope::user);
  CHECK(excess->limit.action == OverLimit::close);
}

TEST_CASE("what throttles counts all that came, and tells how long that takes to be paid") {
  RateLimits limits(one(Quantity::bytes, Scope::connection, {{.units = 100, .burst = 200}, OverLimit::throttle}), kKey);
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1}, 200, kStart));
  auto excess = limits.spend(Quantity::bytes, {.connection = 1}, 50, kStart);
  REQUIRE(excess);
  CHECK(excess->wait == 500ms);
  excess = limits.spend(Quantity::bytes, {.connection = 1}, 50, kStart);
  REQUIRE(excess);
  CHECK(excess->wait == 1s);
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1}, 50, kStart + 1500ms));
}

TEST_CASE("whether anything is left can be asked without spending it") {
  RateLimits limits(
      one(Quantity::auth_failures, Scope::address, {{.units = 2, .burst = 0, .period = 60s}, OverLimit::error}), kKey);
  const Spender spender{.address = &address("192.0.2.1")};
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(limits.check(Quantity::auth_failures, spender, kStart));
  }
  CHECK_FALSE(limits.spend(Quantity::auth_failures, spender, 2, kStart));
  const auto excess = limits.check(Quantity::auth_failures, spender, kStart);
  REQUIRE(excess);
  CHECK(excess->reason() == "Too fast: rate.auth_failures_per_address is 2 a minute.");
  CHECK(excess->wait == 30s);
  CHECK_FALSE(limits.check(Quantity::auth_failures, spender, kStart + 30s));
}

TEST_CASE("threads that spend together get no more than there is") {
  RateLimits limits(one(Quantity::messages, Scope::user, {{.units = 1, .burst = 1000}, OverLimit::error}), kKey);
  std::atomic<int> spent{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (!limits.spend(Quantity::messages, {.connection = 1, .user = "ann"}, 1, kStart)) ++spent;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(spent == 1000);
}

}  // namespace
}  // namespace sentix::auth
