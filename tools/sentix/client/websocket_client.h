#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/message_reader.h"
#include "tools/sentix/client/server_connection.h"

namespace sentix::tools {

// A connection has ended, or did not come about: what() is why, as a sentence.
struct ConnectionEnded : std::runtime_error {
  ConnectionEnded(const std::string& how, unsigned close_code, unsigned http_status = 0)
      : std::runtime_error(how), code(close_code), status(http_status) {}

  unsigned code;    // of the close frame; 1006 where there was none (RFC 6455 §7.1.5)
  unsigned status;  // of the answer that refused the handshake; 0: it was not refused
};

// A WebSocket client for commands that do one thing at a time, with the codec of protocol/. It answers pings by itself,
// and the close frame. (The load generator has its own, which serves thousands of connections with one loop.)
//
// Belongs to one thread.
class WebSocketClient {
 public:
  using Time = ServerConnection::Time;

  // Connects and shakes hands. ConnectionEnded where that fails.
  WebSocketClient(const ServerUrl& url, const TlsTrust& trust, std::chrono::milliseconds patience);

  // Sends a text message. ConnectionEnded where that fails.
  void send(std::string_view text);

  // The next text message, valid until the next call; nullopt where none comes until then. ConnectionEnded when the
  // connection is over.
  [[nodiscard]] std::optional<std::string_view> receive(Time until);

  // The answer to the handshake, with its headers.
  [[nodiscard]] const std::string& answer() const { return answer_; }

 private:
  void shake_hands(const ServerUrl& url, std::chrono::milliseconds patience);
  bool receive_more(Time until);
  std::optional<std::string_view> act_on(const protocol::Incoming& event);
  [[noreturn]] void act_on_close(const protocol::Incoming& event);
  void send_frame(protocol::Opcode opcode, std::span<const std::byte> payload);

  // What a server sends is bounded so that a wrong one does not fill the memory.
  static constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = 64 << 20, .message_bytes_max = 64 << 20};

  ServerConnection connection_;
  std::string answer_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(64 * 1024);
  std::span<std::byte> input_;  // received and not yet read; lies in buffer_
  protocol::MessageReader reader_{protocol::Role::client, kLimits};
};

}  // namespace sentix::tools
