#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sentix::protocol {

// What a client asks for, as a value: any dialect of the wire decodes its messages into this.
enum class CommandType : std::uint8_t { authenticate, subscribe, unsubscribe, publish, event, history, presence, ping };

inline constexpr std::size_t kCommandTypes = 8;

// The type as it is written on the wire.
[[nodiscard]] std::string_view wire_name(CommandType type);

// Limits of what a command's fields may hold. Names are limited in names.h.
inline constexpr std::size_t kRequestIdBytesMax =
    64;  // between the quotes, as written; it is kept while a reply is awaited
inline constexpr std::size_t kEpochBytesMax = 64;    // epochs are made by the server, and shorter
inline constexpr std::size_t kTokenBytesMax = 8192;  // room for a signed token with a list of permissions

// The client's name for one request, which the reply repeats as written: JSON text, either an integer of 64 bits
// (signed or unsigned) or a string in its quotes. Empty where the client gave none. A view; whoever answers later keeps
// a copy of `json`.
struct RequestId {
  std::string_view json;

  [[nodiscard]] bool empty() const { return json.empty(); }
};

// A place in a channel's history. The epoch changes whenever offsets start anew.
struct Position {
  std::string_view epoch;
  std::uint64_t offset = 0;
};

// Every view borrows: from the message that was decoded, or from the decoder (CommandDecoder::decode tells how long).
// Which fields a type has is told by the table in command_decoder.cpp; those it does not have, and optional ones that
// were not given, are as initialized here.
struct Command {
  CommandType type = CommandType::ping;
  RequestId id;
  std::string_view channel;      // a valid name, or empty for an event that goes to the server only
  std::string_view event;        // a valid name
  std::string_view data;         // JSON text, byte for byte as sent; "null" for an event without
  std::string_view credentials;  // JSON text of an object
  std::string_view token;        // plain text; what subscribing to a private channel may take
  std::string_view key;          // plain text; publications with the same key are one
  std::optional<Position> since;
  std::optional<std::uint64_t> limit;  // at least 1
  bool reverse = false;
  bool count = false;  // how many there are, and not who
};

}  // namespace sentix::protocol
