#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocol/deflate/context_takeover.h"
#include "protocol/deflate/extension_offers.h"

namespace sentix::protocol {

// How a server compresses where clients let it choose. Without context takeover, the default for both directions, a
// connection between messages holds no memory for compression, and one compressed form serves every subscriber.
struct DeflatePolicy {
  bool server_context_takeover = false;     // of what the server sends
  bool client_context_takeover = false;     // of what clients send
  int server_window_bits = kWindowBitsMax;  // 9 to 15
  int client_window_bits = kWindowBitsMax;  // 9 to 15, of clients that let the server choose
};

// What was agreed for one connection (RFC 7692 §7.1).
struct DeflateAgreement {
  ContextTakeover server_context_takeover = ContextTakeover::no;
  ContextTakeover client_context_takeover = ContextTakeover::no;
  int server_window_bits = kWindowBitsMax;  // 9 to 15
  int client_window_bits = kWindowBitsMax;  // 9 to 15: at least what the client uses
  std::string response{};                   // the value of Sec-WebSocket-Extensions
};

// Accepts the first offer of permessage-deflate that can be honoured, in the client's order; nothing where there is
// none. An offer is declined where a parameter is unknown, repeated or has a value that it may not have (RFC 7692 §7),
// and where it wants the server to keep to a window of 8 bits, which zlib cannot.
//
// Context takeover needs both sides: the policy, and a client that does not forbid it (to the server) or does not offer
// to do without (to itself). A policy without demands client_no_context_takeover unasked, as §7.1.1.2 allows.
[[nodiscard]] std::optional<DeflateAgreement> negotiate(std::span<const ExtensionOffer> offers,
                                                        const DeflatePolicy& policy);

}  // namespace sentix::protocol
