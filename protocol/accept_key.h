#pragma once

#include <array>
#include <string_view>

namespace sentix::protocol {

// The value of Sec-WebSocket-Accept: 28 characters of base64, no terminating zero.
using AcceptKey = std::array<char, 28>;

// RFC 6455 §4.2.2 (5)(4): base64(SHA-1(key + GUID)), which proves to the client that this is a WebSocket server and no
// cache. `key` is the value of Sec-WebSocket-Key as it stands in the header; is_websocket_key() says whether it is one.
//
// Any thread. The first call fetches SHA-1 from OpenSSL; it throws std::runtime_error where OpenSSL is configured
// without it, which a program notices early by calling this once at its start.
AcceptKey accept_key(std::string_view key);

// Whether `text` is base64 of 16 bytes (RFC 6455 §4.2.1 (5)): 22 characters and "==". The four bits that base64 leaves
// over are not looked at: they carry nothing, and clients that choose their key as text do not clear them.
bool is_websocket_key(std::string_view text);

}  // namespace sentix::protocol
