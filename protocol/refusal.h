#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sentix::protocol {

// Every way in which an HTTP request, and so a handshake, is turned away. One enumerator is one reason; its status, the
// section that says so and the sentence that the client is told are in one table (refusal.cpp). The order here is the
// order of the table.
//
// The upper three groups are found by this folder; the last one is for the caller to give, who knows clocks, tokens and
// loads.
enum class Refusal : std::uint8_t {
  // Syntax of the request head: RequestParser, at the first byte that makes it certain.
  bad_line_ending,
  bad_method,
  bad_target,
  bad_version,
  unsupported_version,
  folded_header,
  bad_header_name,
  bad_header_value,
  request_line_too_long,
  header_line_too_long,
  head_too_large,
  too_many_headers,
  // Rules for a whole head: check_request().
  repeated_header,
  missing_host,
  bad_host,
  host_differs_from_target,
  bad_content_length,
  conflicting_framing,
  body_not_allowed,
  length_required,
  body_too_large,
  // The WebSocket handshake and the plain requests beside it: decide().
  upgrade_over_http_1_0,
  method_not_allowed,
  missing_upgrade,
  missing_connection_upgrade,
  unknown_path,
  missing_websocket_version,
  unsupported_websocket_version,
  bad_websocket_key,
  origin_not_allowed,
  bad_subprotocol_list,
  bad_extension_list,
  bad_token_encoding,
  // Given by the caller.
  upgrade_required,
  tls_required,
  bad_forwarded_header,
  unauthenticated,
  cannot_judge,
  forbidden,
  handshake_timeout,
  too_many_requests,
  over_capacity,
  short_of_memory,
  going_away,
};

inline constexpr std::size_t kRefusalCount = static_cast<std::size_t>(Refusal::going_away) + 1;

struct RefusalInfo {
  Refusal refusal;
  std::uint16_t status;       // the HTTP status code
  std::string_view section;   // where the rule stands
  std::string_view sentence;  // safe for all the world to see; never holds a byte of the request
};

const RefusalInfo& describe(Refusal refusal);

}  // namespace sentix::protocol
