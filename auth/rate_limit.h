#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "auth/token_bucket.h"

namespace sentix::auth {

// What clients do that a server may want less of.
enum class Quantity : std::uint8_t {
  connections,    // accepted, whatever becomes of them
  messages,       // that clients send, pings included
  bytes,          // of those messages, decompressed
  subscribes,     // the command, whatever comes of it
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

// Every limit there can be. None is set from the beginning, and those that are not set cost nothing.
//
// Not every pair makes sense: a connection is made by an address before it has a user, and who failed to authenticate
// has none. is_limit() says which do.
struct RateLimitOptions {
  std::array<std::array<RateLimit, kScopes>, kQuantities> limits;

  [[nodiscard]] RateLimit& of(Quantity quantity, Scope scope) {
    return limits[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(scope)];
  }
  [[nodiscard]] const RateLimit& of(Quantity quantity, Scope scope) const {
    return limits[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(scope)];
  }
  [[nodiscard]] bool any() const;
  bool operator==(const RateLimitOptions&) const = default;
};

[[nodiscard]] bool is_limit(Quantity quantity, Scope scope);

// The setting of a limit: "rate.messages_per_address".
[[nodiscard]] std::string setting_of(Quantity quantity, Scope scope);

// "100 a second", "10 a minute, 20 at once".
[[nodiscard]] std::string to_text(const Rate& rate);

// One limit that somebody is over.
struct Excess {
  Quantity quantity;
  Scope scope;
  RateLimit limit;
  std::chrono::nanoseconds wait;  // until it is worth trying again

  // "Too fast: rate.messages_per_address is 100 a second. Try again in 120 ms."
  [[nodiscard]] std::string sentence() const;
  // The same without the wait, in the 123 bytes that a close frame has room for.
  [[nodiscard]] std::string reason() const;
};

}  // namespace sentix::auth
