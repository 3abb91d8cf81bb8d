#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sentix::protocol {

// What a client asks for in its opening handshake (RFC 6455 §4.1). Borrows everything. Nothing is checked: a caller
// that takes these from strangers sees to it that they hold no line feeds.
struct ClientRequest {
  std::string_view host;            // as in the Host header: with the port where it is not the default one
  std::string_view target = "/";    // path and query
  std::string_view key;             // Sec-WebSocket-Key: base64 of 16 random bytes
  std::string_view subprotocol{};   // offered where not empty
  std::string_view bearer_token{};  // sent as Authorization: Bearer where not empty
};

// The request head, with the blank line.
[[nodiscard]] std::string client_request(const ClientRequest& request);

// What a server answered. The views lie in the text that was read.
struct ServerAnswer {
  std::size_t head_bytes = 0;  // up to and with the blank line; frames of the server may follow at once
  unsigned status = 0;
  std::string_view reason{};                  // behind the status
  std::string_view subprotocol{};             // selected; empty where none was
  std::optional<std::string_view> problem{};  // why this is no WebSocket connection; nothing: it is one
};

// The answer at the front of `received` to a request with `key`, or nothing where its head is not there yet. It is held
// against RFC 6455 §4.1: status 101, Upgrade, Connection, and the accept key that belongs to `key`. Extensions are a
// problem, because client_request() offers none.
//
// A client bounds how much it is willing to receive before it gives up.
[[nodiscard]] std::optional<ServerAnswer> read_answer(std::string_view received, std::string_view key);

}  // namespace sentix::protocol
