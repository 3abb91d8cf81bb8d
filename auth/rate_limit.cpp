#include "auth/rate_limit.h"

#include <algorithm>
#include <string_view>

namespace sentix::auth {

namespace {

constexpr std::array<std::string_view, kQuantities> kQuantityNames = {"connections", "messages", "bytes", "subscribes",
                                                                      "auth_failures"};
constexpr std::array<std::string_view, kScopes> kScopeNames = {"connection", "user", "address", "server"};

std::string period_text(std::chrono::seconds period) {
  if (period == std::chrono::seconds(1)) return "second";
  if (period == std::chrono::minutes(1)) return "minute";
  if (period == std::chrono::hours(1)) return "hour";
  return "period of " + std::to_string(period.count()) + " s";
}

}  // namespace

bool RateLimitOptions::any() const {
  return std::any_of(limits.begin(), limits.end(), [](const auto& scopes) {
    return std::any_of(scopes.begin(), scopes.end(), [](const RateLimit& limit) { return !limit.empty(); });
  });
}

bool is_limit(Quantity quantity, Scope scope) {
  switch (quantity) {
    case Quantity::connections:
    case Quantity::auth_failures:
      return scope == Scope::address || scope == Scope::server;
    case Quantity::messages:
    case Quantity::bytes:
    case Quantity::subscribes:
      break;
  }
  return true;
}

std::string setting_of(Quantity quantity, Scope scope) {
  return "rate." + std::string(kQuantityNames[static_cast<std::size_t>(quantity)]) + "_per_" +
         std::string(kScopeNames[static_cast<std::size_t>(scope)]);
}

std::string to_text(const Rate& rate) {
  const std::string text = std::to_string(rate.units) + " a " + period_text(rate.period);
  return rate.burst == 0 ? text : text + ", " + std::to_string(rate.burst) + " at once";
}

std::string Excess::reason() const {
  return "Too fast: " + setting_of(quantity, scope) + " is " + to_text(limit.rate) + ".";
}

std::string Excess::sentence() const {
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return reason() + " Try again in " + std::to_string(wait_ms) + " ms.";
}

}  // namespace sentix::auth
