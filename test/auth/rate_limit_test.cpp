#include "auth/rate_limit.h"

#include <doctest/doctest.h>

namespace sentix::auth {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a limit has the name of its setting, and a rate says what it is") {
  CHECK(setting_of(Quantity::auth_failures, Scope::address) == "rate.auth_failures_per_address");
  CHECK(to_text(Rate{.units = 100}) == "100 a second");
  CHECK(to_text(Rate{.units = 10, .burst = 20, .period = 60s}) == "10 a minute, 20 at once");
  CHECK(to_text(Rate{.units = 5, .period = 90s}) == "5 a period of 90 s");
}

TEST_CASE("a connection comes before its user is known, and who failed to authenticate has none") {
  CHECK(is_limit(Quantity::connections, Scope::address));
  CHECK_FALSE(is_limit(Quantity::connections, Scope::user));
  CHECK_FALSE(is_limit(Quantity::auth_failures, Scope::connection));
  CHECK(is_limit(Quantity::messages, Scope::user));
}

TEST_CASE("a reason fits into a close frame, whatever the limit is") {
  constexpr std::uint32_t kMost = 0xFFFFFFFF;
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const Excess excess{
          static_cast<Quantity>(q), static_cast<Scope>(s), {{kMost, kMost, 3600s}, OverLimit::close}, 1s};
      CHECK(excess.reason().size() <= 123);
    }
  }
}

}  // namespace
}  // namespace sentix::auth
