#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "auth/token_bucket.h"

namespace sentix::auth {

// What clients do that a server may want less of.
enum class Quantity : std::uint8_t {
  connections,    // accepted, whatever becomes of them
  messages,       // that clients send, pings included, pongs but those that answer a ping, and each fragment of at most
                  // 125 bytes that continues a message
  bytes,          // of those messages, decompressed
  subscribes,     // the command, where it is permitted
  auth_failures,  // credentials that were refused
};
inline constexpr std::size_t kQuantities = 5;

// Who shares a limit.
enum class Scope : std::uint8_t {
  connection,
  user,     // all connections of one authenticated name
  address,  // of one IPv4 address, or of one /64 of IPv6
  server,   // everybody
};
inline constexpr std::size_t kScopes = 4;

// What becomes of who is over a limit. In the order of severity: of several limits the most severe decides.
enum class OverLimit : std::uint8_t {
  throttle,  // it is not read from until what it sent is paid for: nothing is lost, and the network makes it wait
  error,     // what is too much is refused, and told so
  close,     // the connection is closed
};

struct RateLimit {
  Rate rate;
  OverLimit action = OverLimit::throttle;

  [[nodiscard]] bool empty() const { return !rate.limited(); }  // no limit
  bool operator==(const RateLimit&) const = default;
};

// One for each limit that there can be.
//
// Not every pair makes sense: a connection is made by an address before it has a user, and who failed to authenticate
// has none. is_limit() says which do.
template <class Limit>
struct LimitTable {
  std::array<std::array<Limit, kScopes>, kQuantities> limits;

  [[nodiscard]] Limit& of(Quantity quantity, Scope scope) {
    return limits[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(scope)];
  }
  [[nodiscard]] const Limit& of(Quantity quantity, Scope scope) const {
    return limits[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(scope)];
  }
  bool operator==(const LimitTable&) const = default;
};

// What stands in place of the general limits for the clients of one class, once it is known who they are
// (Principal::rate_class); where it has nothing, the general limit holds for them too, and one that is empty is none.
// is_class_limit() says which it may have.
using RateClass = LimitTable<std::optional<RateLimit>>;
using RateClasses = std::map<std::string, RateClass, std::less<>>;  // by their names
inline constexpr std::size_t kRateClassesMax = 64;                  // more would hardly be told apart by people
inline constexpr std::size_t kRateClassBytesMax = 32;               // of a name, so that a close frame has room for it

// Every limit there is. None is set from the beginning, and those that are not set cost nothing.
struct RateLimitOptions : LimitTable<RateLimit> {
  RateClasses classes = {};

  [[nodiscard]] bool any() const;
  bool operator==(const RateLimitOptions&) const = default;
};

[[nodiscard]] bool is_limit(Quantity quantity, Scope scope);
// Those of connections and users: an address and the whole server are everybody's.
[[nodiscard]] bool is_class_limit(Quantity quantity, Scope scope);

// Whether a class may be called that: 1 to 32 of A-Z a-z 0-9 _ -
[[nodiscard]] bool valid_rate_class(std::string_view name);

// The setting of a limit: "rate.messages_per_address"; with a class "rate.class.gold.messages_per_user".
[[nodiscard]] std::string setting_of(Quantity quantity, Scope scope, std::string_view rate_class = {});

// That of a class, "rate.class.gold".
[[nodiscard]] std::string setting_of_class(std::string_view rate_class);

// What a limit is of, by the last part of its setting, such as "messages_per_address".
struct LimitKey {
  Quantity quantity;
  Scope scope;
};
[[nodiscard]] std::optional<LimitKey> find_limit(std::string_view name);

// "100 a second", "10 an hour, 20 at once".
[[nodiscard]] std::string to_text(const Rate& rate);

// A limit as settings have it: how many units in a second, a minute or an hour ("s", "m", "h"), then perhaps how many
// at once, then perhaps what becomes of who is over it; "off" is none. Units may be KiB, MiB or GiB. Anything else
// gives nothing.
//
//   100/s        10/m burst 20        64KiB/s burst 1MiB close        5/h error        off
[[nodiscard]] std::optional<RateLimit> parse_rate_limit(std::string_view text);

// The same form, so that it is read as what it was; for periods that the form has.
[[nodiscard]] std::string setting_text(const RateLimit& limit);

// "Too fast: SETTING is 100 a second." and behind it, where there is one, how long to wait.
[[nodiscard]] std::string too_fast(std::string_view setting, const Rate& rate);
[[nodiscard]] std::string try_again(std::chrono::nanoseconds wait);

// One limit that somebody is over.
struct Excess {
  Quantity quantity;
  Scope scope;
  RateLimit limit;
  std::chrono::nanoseconds wait;  // until it is worth trying again
  std::string_view rate_class{};  // whose limit it is; empty: the general one. Borrowed from the RateLimits

  // "Too fast: rate.messages_per_address is 100 a second. Try again in 120 ms."
  [[nodiscard]] std::string sentence() const;
  // The same without the wait, in the 123 bytes that a close frame has room for.
  [[nodiscard]] std::string reason() const;

  // Whether this one decides where somebody is over both: it is more severe, or as severe and longer.
  [[nodiscard]] bool outweighs(const Excess& other) const;
};

}  // namespace sentix::auth
