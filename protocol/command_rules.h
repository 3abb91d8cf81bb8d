#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "protocol/command.h"

namespace sentix::protocol {

// Which keys the commands of sentix protocol 1 know. How a key's value is read is told by the table in
// command_decoder.cpp.
enum class Key : std::uint8_t { type, id, channel, event, data, credentials, token, key, since, limit, reverse, count };

inline constexpr std::array<std::string_view, 12> kKeyNames = {
    "type", "id", "channel", "event", "data", "credentials", "token", "key", "since", "limit", "reverse", "count",
};
static_assert(kKeyNames[static_cast<std::size_t>(Key::count)] == "count");

class KeySet {
 public:
  constexpr KeySet(std::initializer_list<Key> keys) {
    for (const Key key : keys) bits_ |= bit(key);
  }
  constexpr explicit KeySet(std::uint32_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr bool has(Key key) const { return (bits_ & bit(key)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

  friend constexpr KeySet operator|(KeySet a, KeySet b) { return KeySet(a.bits_ | b.bits_); }
  friend constexpr KeySet operator&(KeySet a, KeySet b) { return KeySet(a.bits_ & b.bits_); }

 private:
  static constexpr std::uint32_t bit(Key key) { return 1U << static_cast<unsigned>(key); }

  std::uint32_t bits_ = 0;
};

// Every command knows "type", which is required, and "id", which is not.
inline constexpr KeySet kCommonKeys{Key::type, Key::id};

struct CommandRule {
  CommandType type;
  std::string_view name;
  KeySet required;
  KeySet optional;

  [[nodiscard]] constexpr KeySet known() const { return kCommonKeys | required | optional; }
};

inline constexpr std::array<CommandRule, kCommandTypes> kCommandRules = {{
    {CommandType::authenticate, "authenticate", {Key::credentials}, {}},
    {CommandType::subscribe, "subscribe", {Key::channel}, {Key::since, Key::token}},
    {CommandType::unsubscribe, "unsubscribe", {Key::channel}, {}},
    {CommandType::publish, "publish", {Key::channel, Key::data}, {Key::key}},
    {CommandType::event, "event", {Key::event}, {Key::channel, Key::data}},
    {CommandType::history, "history", {Key::channel}, {Key::since, Key::limit, Key::reverse}},
    {CommandType::presence, "presence", {Key::channel}, {Key::count}},
    {CommandType::ping, "ping", {}, {}},
}};

}  // namespace sentix::protocol
