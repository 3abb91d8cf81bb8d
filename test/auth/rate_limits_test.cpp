#include "auth/rate_limits.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
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

// Two messages a second for everybody; four for gold; as many as they like for free.
RateLimitOptions with_classes(Scope scope, OverLimit action) {
  RateLimitOptions options = one(Quantity::messages, scope, {{.units = 2}, action});
  options.classes["gold"].of(Quantity::messages, scope) = RateLimit{{.units = 4}, action};
  options.classes["free"].of(Quantity::messages, scope) = RateLimit{};
  options.classes["plain"] = {};
  return options;
}

// How many messages one after the other are within the limits.
int allowed(RateLimits& limits, const Spender& spender) {
  int count = 0;
  while (count < 100 && !limits.spend(Quantity::messages, spender, 1, kStart)) ++count;
  return count;
}

TEST_CASE("a class has its own limit, or none, or what everybody has") {
  for (const Scope scope : {Scope::connection, Scope::user}) {
    RateLimits limits(with_classes(scope, OverLimit::error), kKey);
    CHECK(allowed(limits, {.connection = 1, .user = "a"}) == 2);
    CHECK(allowed(limits, {.connection = 2, .user = "b", .rate_class = "gold"}) == 4);
    CHECK(allowed(limits, {.connection = 3, .user = "c", .rate_class = "free"}) == 100);
    CHECK(allowed(limits, {.connection = 4, .user = "d", .rate_class = "plain"}) == 2);
    CHECK(allowed(limits, {.connection = 5, .user = "e", .rate_class = "gone"}) == 2);
  }
}

TEST_CASE("whose limit it was is told by its setting") {
  RateLimits limits(with_classes(Scope::user, OverLimit::error), kKey);
  const auto sentence = [&](std::string_view rate_class) {
    const Spender spender{.user = "ann", .rate_class = rate_class};
    allowed(limits, spender);
    return limits.spend(Quantity::messages, spender, 1, kStart)->reason();
  };
  CHECK(sentence("gold") == "Too fast: rate.class.gold.messages_per_user is 4 a second.");
  CHECK(sentence("plain") == "Too fast: rate.messages_per_user is 2 a second.");
}

TEST_CASE("who changes its class begins anew there, and finds again what it had spent when it comes back") {
  RateLimits limits(with_classes(Scope::connection, OverLimit::throttle), kKey);
  const Spender general{.connection = 1};
  const Spender gold{.connection = 1, .rate_class = "gold"};
  CHECK(allowed(limits, general) == 2);
  CHECK(allowed(limits, gold) == 4);
  CHECK(allowed(limits, general) == 0);
  CHECK(allowed(limits, gold) == 0);
  CHECK(allowed(limits, {.connection = 1, .rate_class = "plain"}) == 0);  // it is everybody's limit that it shares
}

TEST_CASE("a user and a class that have each other's name share nothing") {
  RateLimitOptions options;
  options.classes["gold"].of(Quantity::messages, Scope::user) = RateLimit{{.units = 2}, OverLimit::error};
  options.classes["silver"].of(Quantity::messages, Scope::user) = RateLimit{{.units = 2}, OverLimit::error};
  RateLimits limits(options, kKey);
  CHECK(allowed(limits, {.user = "gold", .rate_class = "silver"}) == 2);
  CHECK(allowed(limits, {.user = "silver", .rate_class = "gold"}) == 2);
  CHECK(allowed(limits, {.user = "silver", .rate_class = "silver"}) == 2);
}

TEST_CASE("a limit of a class is one where there is no general one, and only for what classes have limits of") {
  RateLimitOptions options;
  options.classes["gold"].of(Quantity::bytes, Scope::connection) = kTwo;
  CHECK(options.any());
  options.classes["gold"].of(Quantity::messages, Scope::address) = kTwo;
  RateLimits limits(options, kKey);
  CHECK(limits.limits(Quantity::bytes));
  CHECK_FALSE(limits.limits(Quantity::messages));
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1}, 1'000'000, kStart));
  CHECK_FALSE(limits.spend(Quantity::bytes, {.connection = 1, .rate_class = "gold"}, 2, kStart));
  CHECK(limits.spend(Quantity::bytes, {.connection = 1, .rate_class = "gold"}, 1, kStart));
  options.classes = {{"free", {}}};
  CHECK_FALSE(options.any());
}

TEST_CASE("as many classes as there can be, each with its own") {
  RateLimitOptions options;
  for (std::size_t i = 0; i < kRateClassesMax; ++i) {
    const auto units = static_cast<std::uint32_t>(i + 1);
    options.classes["c" + std::to_string(i)].of(Quantity::messages, Scope::user) =
        RateLimit{{.units = units}, OverLimit::error};
  }
  RateLimits limits(options, kKey);
  for (std::size_t i = 0; i < kRateClassesMax; ++i) {
    CHECK(allowed(limits, {.user = "ann", .rate_class = "c" + std::to_string(i)}) == static_cast<int>(i + 1));
  }
}

}  // namespace
}  // namespace sentix::auth
