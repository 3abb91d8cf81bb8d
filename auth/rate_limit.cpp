#include "auth/rate_limit.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include "protocol/http_syntax.h"

namespace sentix::auth {

namespace {

constexpr std::array<std::string_view, kQuantities> kQuantityNames = {"connections", "messages", "bytes", "subscribes",
                                                                      "auth_failures"};
constexpr std::array<std::string_view, kScopes> kScopeNames = {"connection", "user", "address", "server"};

constexpr std::string_view kRate = "rate.";  // the table of the settings

struct Period {
  std::string_view letter;
  std::string_view text;
  std::chrono::seconds length;
};
constexpr std::array<Period, 3> kPeriods = {{{"s", "a second", std::chrono::seconds(1)},
                                             {"m", "a minute", std::chrono::minutes(1)},
                                             {"h", "an hour", std::chrono::hours(1)}}};

constexpr std::array<std::pair<std::string_view, OverLimit>, 3> kActions = {
    {{"throttle", OverLimit::throttle}, {"error", OverLimit::error}, {"close", OverLimit::close}}};

std::string period_text(std::chrono::seconds length) {
  for (const Period& period : kPeriods) {
    if (period.length == length) return std::string(period.text);
  }
  return "in " + std::to_string(length.count()) + " s";
}

bool is_set(const RateLimit& limit) {
  return !limit.empty();
}
bool is_set(const std::optional<RateLimit>& limit) {
  return limit && !limit->empty();
}

// Decimal digits, and perhaps a unit of bytes; above zero.
std::optional<std::uint32_t> parse_units(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 3> kUnits = {{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  unsigned shift = 0;
  for (const auto& [name, bits] : kUnits) {
    if (text.ends_with(name)) {
      text.remove_suffix(name.size());
      shift = bits;
      break;
    }
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  const std::uint64_t units = std::uint64_t{number} << shift;
  if (!whole || units == 0 || units > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(units);
}

// "100/s" in place of the rate that it is; its burst is not told yet.
bool parse_rate(std::string_view text, Rate& rate) {
  const auto units = parse_units(protocol::take_until(text, '/'));
  const auto period =
      std::find_if(kPeriods.begin(), kPeriods.end(), [&](const Period& known) { return known.letter == text; });
  if (!units || period == kPeriods.end()) return false;
  rate = {.units = *units, .burst = 0, .period = period->length};
  return true;
}

}  // namespace

bool RateLimitOptions::any() const {
  const auto has_one = [](const auto& table) {
    return std::any_of(table.limits.begin(), table.limits.end(), [](const auto& scopes) {
      return std::any_of(scopes.begin(), scopes.end(), [](const auto& limit) { return is_set(limit); });
    });
  };
  return has_one(*this) ||
         std::any_of(classes.begin(), classes.end(), [&](const auto& each) { return has_one(each.second); });
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

bool is_class_limit(Quantity quantity, Scope scope) {
  return is_limit(quantity, scope) && (scope == Scope::connection || scope == Scope::user);
}

bool valid_rate_class(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kRateClassBytesMax && std::all_of(name.begin(), name.end(), good);
}

std::string setting_of(Quantity quantity, Scope scope, std::string_view rate_class) {
  std::string setting = rate_class.empty() ? std::string(kRate) : setting_of_class(rate_class) + ".";
  return setting.append(kQuantityNames[static_cast<std::size_t>(quantity)])
      .append("_per_")
      .append(kScopeNames[static_cast<std::size_t>(scope)]);
}

std::string setting_of_class(std::string_view rate_class) {
  return std::string(kRate).append("class.").append(rate_class);
}

std::optional<LimitKey> find_limit(std::string_view name) {
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const LimitKey key{static_cast<Quantity>(q), static_cast<Scope>(s)};
      if (is_limit(key.quantity, key.scope) && setting_of(key.quantity, key.scope).substr(kRate.size()) == name) {
        return key;
      }
    }
  }
  return std::nullopt;
}

std::string to_text(const Rate& rate) {
  const std::string text = std::to_string(rate.units) + " " + period_text(rate.period);
  return rate.burst == 0 ? text : text + ", " + std::to_string(rate.burst) + " at once";
}

std::optional<RateLimit> parse_rate_limit(std::string_view text) {
  if (text == "off") return RateLimit{};
  const bool spaced = text.ends_with(' ');
  RateLimit limit;
  if (!parse_rate(protocol::take_until(text, ' '), limit.rate)) return std::nullopt;
  std::string_view word = protocol::take_until(text, ' ');
  if (word == "burst") {
    const auto burst = parse_units(protocol::take_until(text, ' '));
    if (!burst) return std::nullopt;
    limit.rate.burst = *burst;
    word = protocol::take_until(text, ' ');
  }
  const auto action =
      std::find_if(kActions.begin(), kActions.end(), [&](const auto& known) { return known.first == word; });
  if (!text.empty() || spaced || (!word.empty() && action == kActions.end())) return std::nullopt;
  if (!word.empty()) limit.action = action->second;
  return limit;
}

std::string setting_text(const RateLimit& limit) {
  if (limit.empty()) return "off";
  const auto period = std::find_if(kPeriods.begin(), kPeriods.end(),
                                   [&](const Period& known) { return known.length == limit.rate.period; });
  std::string text = std::to_string(limit.rate.units) + "/" +
                     std::string(period == kPeriods.end() ? std::string_view("s") : period->letter);
  if (limit.rate.burst != 0) text += " burst " + std::to_string(limit.rate.burst);
  if (limit.action != OverLimit::throttle) {
    text.append(" ").append(kActions[static_cast<std::size_t>(limit.action)].first);
  }
  return text;
}

std::string too_fast(std::string_view setting, const Rate& rate) {
  return "Too fast: " + std::string(setting) + " is " + to_text(rate) + ".";
}

std::string try_again(std::chrono::nanoseconds wait) {
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return " Try again in " + std::to_string(wait_ms) + " ms.";
}

std::string Excess::reason() const {
  return too_fast(setting_of(quantity, scope, rate_class), limit.rate);
}

std::string Excess::sentence() const {
  return reason() + try_again(wait);
}

bool Excess::outweighs(const Excess& other) const {
  return limit.action != other.limit.action ? limit.action > other.limit.action : wait > other.wait;
}

}  // namespace sentix::auth
