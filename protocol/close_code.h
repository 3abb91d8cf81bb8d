#pragma once

#include <cstdint>

namespace sentix::protocol {

// Why a WebSocket connection ends: RFC 6455 §7.4.1 with the IANA registry it founded, and sentix's own codes, whose
// hundreds tell a client what to do: 40xx do not come back, 41xx come back after a pause, 42xx come back at once.
//
// A close frame may carry any other code of 3000-4999 as well, so a received CloseCode need not be one of these names.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,         // never sent: the close frame had no code
  abnormal_closure = 1006,  // never sent: there was no close frame
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  extension_required = 1010,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  bad_gateway = 1014,
  tls_handshake_failed = 1015,  // never sent: the connection did not come about

  not_authenticated = 4001,
  forbidden = 4003,
  over_capacity = 4100,
  slow_reader = 4101,
  rate_limited = 4102,
  authentication_timeout = 4108,
  server_leaving = 4200,
  no_pong = 4201,
};

// Whether a close frame may carry `code` (RFC 6455 §7.4.1 and §7.4.2). It holds for both directions: what a peer may
// not send to us, we may not send either.
constexpr bool may_be_sent(CloseCode code) {
  const auto number = static_cast<std::uint16_t>(code);
  const bool registered = (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014);
  const bool for_applications = number >= 3000 && number <= 4999;
  return registered || for_applications;
}

}  // namespace sentix::protocol
