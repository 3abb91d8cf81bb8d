#include "auth/rate_limit.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a limit has the name of its setting, and a rate says what it is") {
  CHECK(setting_of(Quantity::auth_failures, Scope::address) == "rate.auth_failures_per_address");
  CHECK(to_text(Rate{.units = 100}) == "100 a second");
  CHECK(to_text(Rate{.units = 10, .burst = 20, .period = 60s}) == "10 a minute, 20 at once");
  CHECK(to_text(Rate{.units = 1, .period = 1h}) == "1 an hour");
  CHECK(to_text(Rate{.units = 5, .period = 90s}) == "5 in 90 s");
}

TEST_CASE("limits are read as settings have them, and written so that they are read again") {
  struct Vector {
    const char* text;
    RateLimit limit;
  };
  const std::vector<Vector> vectors{
      {"off", {}},
      {"100/s", {{.units = 100}}},
      {"10/m burst 20", {{.units = 10, .burst = 20, .period = 60s}}},
      {"5/h close", {{.units = 5, .period = 1h}, OverLimit::close}},
      {"65536/s burst 1048576 error", {{.units = 65536, .burst = 1048576}, OverLimit::error}},
      {"4294967295/s", {{.units = 0xFFFFFFFF}}},
  };
  for (const Vector& vector : vectors) {
    CAPTURE(vector.text);
    CHECK(parse_rate_limit(vector.text) == vector.limit);
    CHECK(setting_text(vector.limit) == vector.text);
  }
  CHECK(parse_rate_limit("64KiB/s burst 1MiB error") == vectors[4].limit);
  CHECK(parse_rate_limit("1/s throttle") == RateLimit{{.units = 1}});
}

TEST_CASE("what is no limit gives none, wherever it is cut") {
  for (const char* text : {"", "0/s", "1", "1/", "/s", "1/d", "-1/s", "1 /s", "1/s ", "1/s  close", "1/s burst",
                           "1/s burst 0", "1/s close burst 2", "1/s drop", "4294967296/s", "4GiB/s", "1kib/s", "OFF"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rate_limit(text));
  }
  const std::string whole = "64KiB/s burst 1MiB close";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const test::GuardedBytes guarded(std::string_view(whole).substr(0, size));
    const auto cut = parse_rate_limit(guarded.text());
    CHECK((!cut || parse_rate_limit(setting_text(*cut)) == cut));
  }
}

TEST_CASE("a connection comes before its user is known, and who failed to authenticate has none") {
  CHECK(is_limit(Quantity::connections, Scope::address));
  CHECK_FALSE(is_limit(Quantity::connections, Scope::user));
  CHECK_FALSE(is_limit(Quantity::auth_failures, Scope::connection));
  CHECK(is_limit(Quantity::messages, Scope::user));
}

TEST_CASE("a class has limits of connections and users, and none that are everybody's") {
  std::string names;
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const auto quantity = static_cast<Quantity>(q);
      const auto scope = static_cast<Scope>(s);
      if (is_class_limit(quantity, scope)) names += setting_of(quantity, scope, "gold") + "\n";
    }
  }
  CHECK(names ==
        "rate.class.gold.messages_per_connection\nrate.class.gold.messages_per_user\n"
        "rate.class.gold.bytes_per_connection\nrate.class.gold.bytes_per_user\n"
        "rate.class.gold.subscribes_per_connection\nrate.class.gold.subscribes_per_user\n");
  CHECK(setting_of_class("gold") == "rate.class.gold");
}

TEST_CASE("a limit is found by the last part of its setting") {
  const auto found = find_limit("bytes_per_address");
  REQUIRE(found);
  CHECK(found->quantity == Quantity::bytes);
  CHECK(found->scope == Scope::address);
  for (const char* none : {"", "bytes", "rate.bytes_per_address", "connections_per_user", "bytes_per_address "}) {
    CHECK_FALSE(find_limit(none));
  }
}

TEST_CASE("names of classes") {
  const std::string longest(kRateClassBytesMax, 'x');
  for (const std::string& good : {std::string("gold"), std::string("A-z_09"), longest}) CHECK(valid_rate_class(good));
  for (const std::string& bad : {std::string(), longest + "x", std::string("two words"), std::string("a.b"),
                                 std::string("g\xC3\xB6ld"), std::string("a\0b", 3)}) {
    CHECK_FALSE(valid_rate_class(bad));
  }
}

TEST_CASE("a reason fits into a close frame, whatever the limit is") {
  constexpr std::uint32_t kMost = 0xFFFFFFFF;
  const std::string longest(kRateClassBytesMax, 'x');
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const Excess excess{
          static_cast<Quantity>(q), static_cast<Scope>(s), {{kMost, kMost, 3600s}, OverLimit::close}, 1s};
      CHECK(excess.reason().size() <= 123);
      Excess of_class = excess;
      of_class.rate_class = longest;
      CHECK((!is_class_limit(excess.quantity, excess.scope) || of_class.reason().size() <= 123));
    }
  }
}

}  // namespace
}  // namespace sentix::auth
