#include "tools/sentix/client/websocket_client.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "core/log.h"
#include "protocol/client_frame.h"
#include "protocol/client_handshake.h"
#include "protocol/violation.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kAnswerBytesMax = 16 * 1024;
constexpr unsigned kAbnormal = static_cast<unsigned>(protocol::CloseCode::abnormal_closure);

// Sec-WebSocket-Key: base64 of 16 random bytes.
std::string random_key() {
  std::array<unsigned char, 16> bytes{};
  std::array<unsigned char, 25> text{};  // EVP_EncodeBlock ends it with a zero
  RAND_bytes(bytes.data(), bytes.size());
  EVP_EncodeBlock(text.data(), bytes.data(), bytes.size());
  return {reinterpret_cast<const char*>(text.data()), text.size() - 1};
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ServerConnection connected(const ServerUrl& url, const TlsTrust& trust, std::chrono::milliseconds patience) {
  try {
    return {url, trust, patience};
  } catch (const std::runtime_error& error) {
    throw ConnectionEnded(error.what(), kAbnormal);
  }
}

}  // namespace

WebSocketClient::WebSocketClient(const ServerUrl& url, const TlsTrust& trust, std::chrono::milliseconds patience)
    : connection_(connected(url, trust, patience)) {
  shake_hands(url, patience);
}

void WebSocketClient::shake_hands(const ServerUrl& url, std::chrono::milliseconds patience) {
  const std::string key = random_key();
  const Time until = std::chrono::steady_clock::now() + patience;
  try {
    connection_.send(protocol::client_request(
        {.host = url.authority, .target = url.target, .key = key, .subprotocol = "sentix.v1"}));
  } catch (const std::runtime_error&) {
    // It may have been refused before it was read whole; the answer tells.
  }
  for (;;) {
    if (!receive_more(until)) {
      throw ConnectionEnded("no answer to the handshake in time", kAbnormal);
    }
    answer_.append(as_text(input_));
    if (const auto answer = protocol::read_answer(answer_, key)) {
      if (answer->problem) {
        throw ConnectionEnded(answer->status == 0
                                  ? std::string(*answer->problem)
                                  : std::string(*answer->problem) + ": status " + std::to_string(answer->status) + " " +
                                        core::one_line(answer->reason),
                              kAbnormal, answer->status);
      }
      input_ = input_.last(answer_.size() - answer->head_bytes);
      answer_.resize(answer->head_bytes);
      return;
    }
    if (answer_.size() > kAnswerBytesMax) {
      throw ConnectionEnded("the answer to the handshake does not end", kAbnormal);
    }
  }
}

// Makes input_ what has arrived, after all of it was read. False where nothing came in time.
bool WebSocketClient::receive_more(Time until) {
  try {
    const auto received = connection_.receive(buffer_, until);
    if (received == std::size_t{0}) {
      throw ConnectionEnded("the connection has ended without a close frame", kAbnormal);
    }
    input_ = std::span(buffer_).first(received.value_or(0));
    return received.has_value();
  } catch (const ConnectionEnded&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw ConnectionEnded(error.what(), kAbnormal);
  }
}

void WebSocketClient::send(std::string_view text) {
  send_frame(protocol::Opcode::text, std::as_bytes(std::span(text)));
}

std::optional<std::string_view> WebSocketClient::receive(Time until) {
  for (;;) {
    const protocol::Incoming event = reader_.next(input_);
    if (event.kind == protocol::Incoming::Kind::need_more) {
      if (!receive_more(until)) {
        return std::nullopt;
      }
    } else if (const auto message = act_on(event)) {
      return message;
    }
  }
}

std::optional<std::string_view> WebSocketClient::act_on(const protocol::Incoming& event) {
  using Kind = protocol::Incoming::Kind;
  switch (event.kind) {
    case Kind::message:
      return as_text(event.payload);
    case Kind::ping:
      send_frame(protocol::Opcode::pong, event.payload);
      break;
    case Kind::close:
      act_on_close(event);
    case Kind::violation:
      throw ConnectionEnded("the server broke the protocol: " + std::string(protocol::info(event.violation).text),
                            kAbnormal);
    case Kind::pong:
    case Kind::need_more:
      break;
  }
  return std::nullopt;
}

void WebSocketClient::act_on_close(const protocol::Incoming& event) {
  const auto code = static_cast<unsigned>(event.close_code);
  std::string how = "closed with " + std::to_string(code);
  if (!event.payload.empty()) {
    how.append(", ").append(core::one_line(as_text(event.payload)));
  }
  try {
    send_frame(protocol::Opcode::close, {});
  } catch (const ConnectionEnded&) {
    // It has gone already.
  }
  throw ConnectionEnded(how, code);
}

void WebSocketClient::send_frame(protocol::Opcode opcode, std::span<const std::byte> payload) {
  protocol::MaskingKey key;
  RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, opcode, true, key, payload);
  try {
    connection_.send(as_text(frame));
  } catch (const std::runtime_error& error) {
    throw ConnectionEnded(error.what(), kAbnormal);
  }
}

}  // namespace sentix::tools
