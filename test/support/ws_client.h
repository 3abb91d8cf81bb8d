#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/accept_key.h"
#include "protocol/client_frame.h"
#include "protocol/deflate/deflater.h"
#include "protocol/deflate/inflater.h"
#include "protocol/message_reader.h"
#include "test/support/client_socket.h"
#include "test/support/cuts.h"

namespace sentix::test {

// A blocking WebSocket client, for tests. It answers nothing by itself, neither pings nor close frames, so that a test
// says what its client does. Where its headers offer permessage-deflate and the server agrees, it reads compressed
// messages too.
//
// Errors and timeouts are those of ClientSocket; a server that breaks the protocol throws std::runtime_error as well.
// Belongs to one thread.
class WsClient {
 public:
  struct Request {
    std::string path = "/ws";
    std::string headers = {};  // more header lines, each with its "\r\n"
  };

  // Connects and shakes hands. Where the server refuses, it throws std::runtime_error with the head of its response.
  explicit WsClient(std::uint16_t port) : WsClient(ClientSocket(port)) {}
  WsClient(std::uint16_t port, const Request& request) : WsClient(ClientSocket(port), request) {}
  explicit WsClient(ClientSocket socket) : WsClient(std::move(socket), Request()) {}
  WsClient(ClientSocket socket, const Request& request) : socket_(std::move(socket)) {
    socket_.send(request_head(request));
    read_response_head();
    if (response_head_.find("permessage-deflate") != std::string::npos) {
      const bool anew = response_head_.find("server_no_context_takeover") != std::string::npos;
      inflater_ =
          std::make_unique<protocol::Inflater>(anew ? protocol::ContextTakeover::no : protocol::ContextTakeover::yes);
      reader_.use(*inflater_);
    }
  }

  [[nodiscard]] static std::string request_head(const Request& request) {
    return "GET " + request.path +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " +
           std::string(kKey) + "\r\nSec-WebSocket-Version: 13\r\n" + request.headers + "\r\n";
  }

  // The server's response: status line and header lines.
  [[nodiscard]] const std::string& response_head() const { return response_head_; }

  // For whatever a client should not do.
  [[nodiscard]] ClientSocket& socket() { return socket_; }

  // --- Sending. Each is false where the server has ended the connection ---

  bool send_text(std::string_view text) { return send_frame(protocol::Opcode::text, text); }

  bool send_frame(protocol::Opcode opcode, std::string_view payload, bool fin = true) {
    constexpr protocol::MaskingKey key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};
    std::vector<std::byte> frame;
    protocol::append_client_frame(frame, opcode, fin, key, as_bytes(payload));
    return socket_.send(frame);
  }

  // For a client that has agreed to compression, and a text that it makes smaller.
  bool send_compressed(std::string_view text) {
    protocol::Deflater deflater(protocol::ContextTakeover::no, protocol::kWindowBitsMax);
    const protocol::SharedFrame compressed = deflater.deflate(protocol::Opcode::text, as_bytes(text));
    constexpr protocol::MaskingKey key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};
    std::vector<std::byte> frame;
    protocol::append_client_frame(frame, protocol::Opcode::text, true, key, compressed.payload());
    frame.front() |= std::byte{0x40};  // RSV1
    return socket_.send(frame);
  }

  bool send_close(std::uint16_t code = 1000, std::string_view reason = {}) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    return send_frame(protocol::Opcode::close, payload.append(reason));
  }

  // --- Receiving ---

  struct Received {
    enum class Kind : std::uint8_t { text, binary, ping, pong, close, ended, reset };
    Kind kind;
    std::string payload = {};      // of a close: its reason
    std::uint16_t close_code = 0;  // of a close: 1005 where the frame had none

    friend bool operator==(const Received&, const Received&) = default;
  };

  // The next thing that happens: a message, a control frame, or the end of the TCP connection.
  Received receive() {
    for (;;) {
      const protocol::Incoming incoming = reader_.next(unread_);
      if (incoming.kind != protocol::Incoming::Kind::need_more) {
        return to_received(incoming);
      }
      const auto [bytes, ending] = socket_.receive(buffer_);
      if (ending != ClientSocket::Ending::none) {
        return {.kind = ending == ClientSocket::Ending::closed ? Received::Kind::ended : Received::Kind::reset};
      }
      unread_ = std::span(buffer_).first(bytes);
    }
  }

  // The next thing, which is a text message.
  std::string receive_text() {
    Received received = receive();
    if (received.kind != Received::Kind::text) {
      throw std::runtime_error("a text message was expected, but not kind " +
                               std::to_string(static_cast<int>(received.kind)) + ", code " +
                               std::to_string(received.close_code) + " " + received.payload);
    }
    return std::move(received.payload);
  }

  // The next text message that has `part` in it; text messages before it are passed over.
  std::string receive_text_with(std::string_view part) {
    for (;;) {
      if (std::string text = receive_text(); text.find(part) != std::string::npos) {
        return text;
      }
    }
  }

  // The close frame that the server sends; messages and pings before it are passed over.
  Received receive_close() {
    for (;;) {
      Received received = receive();
      switch (received.kind) {
        case Received::Kind::close:
          return received;
        case Received::Kind::ended:
        case Received::Kind::reset:
          throw std::runtime_error("the connection ended without a close frame");
        default:
          break;
      }
    }
  }

 private:
  static constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
  static constexpr protocol::ReaderLimits kUnlimited{std::numeric_limits<std::size_t>::max(),
                                                     std::numeric_limits<std::size_t>::max()};

  void read_response_head() {
    while (!response_head_.ends_with("\r\n\r\n")) {
      std::byte next;  // one at a time, so that the frames behind the head stay in the socket
      if (socket_.receive(std::span(&next, 1)).ending != ClientSocket::Ending::none) {
        throw std::runtime_error("the server ended the connection in its response: " + response_head_);
      }
      response_head_ += static_cast<char>(next);
    }
    const protocol::AcceptKey accept = protocol::accept_key(kKey);
    const bool upgraded = response_head_.starts_with("HTTP/1.1 101 ") &&
                          response_head_.find(std::string_view(accept.data(), accept.size())) != std::string::npos;
    if (!upgraded) {
      throw std::runtime_error("the server refused: " + response_head_);
    }
  }

  static Received to_received(const protocol::Incoming& incoming) {
    std::string payload = as_text(incoming.payload);
    switch (incoming.kind) {
      case protocol::Incoming::Kind::message:
        return {incoming.opcode == protocol::Opcode::text ? Received::Kind::text : Received::Kind::binary,
                std::move(payload)};
      case protocol::Incoming::Kind::ping:
        return {Received::Kind::ping, std::move(payload)};
      case protocol::Incoming::Kind::pong:
        return {Received::Kind::pong, std::move(payload)};
      case protocol::Incoming::Kind::close:
        return {Received::Kind::close, std::move(payload), static_cast<std::uint16_t>(incoming.close_code)};
      case protocol::Incoming::Kind::need_more:
      case protocol::Incoming::Kind::violation:
        break;
    }
    throw std::runtime_error("the server broke the protocol: " + std::string(protocol::info(incoming.violation).text));
  }

  ClientSocket socket_;
  std::string response_head_;
  std::unique_ptr<protocol::Inflater> inflater_;  // borrowed by the reader
  protocol::MessageReader reader_{protocol::Role::client, kUnlimited};
  std::vector<std::byte> buffer_ = std::vector<std::byte>(64 * 1024);
  std::span<std::byte> unread_;
};

}  // namespace sentix::test
