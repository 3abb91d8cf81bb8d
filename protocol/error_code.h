#pragma once

#include <cstdint>
#include <string_view>

namespace sentix::protocol {

// The "code" of an error message of sentix protocol 1: why a command was not carried out. It never closes the
// connection.
enum class ErrorCode : std::uint8_t {
  bad_request,      // not a command, or a field is missing, mistyped or out of range
  unknown_type,     // a command, but not one that this server knows
  unauthenticated,  // only after a successful "authenticate"
  forbidden,        // known, and not allowed to
  not_found,        // what the command names does not exist
  not_subscribed,   // only for subscribers of the channel
  channel_full,     // the channel has its max_clients
  too_large,        // the data is larger than allowed
  rate_limited,     // too many commands in too short a time
  limit_exceeded,   // the connection has as much of something as it may have
  internal,         // the server, or the application inside it, failed
};

// The code as it is written on the wire.
[[nodiscard]] std::string_view wire_name(ErrorCode code);

}  // namespace sentix::protocol
