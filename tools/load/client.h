#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_descriptor.h"
#include "protocol/close_code.h"
#include "protocol/message_reader.h"
#include "tools/load/meter.h"
#include "tools/load/target.h"

namespace sentix::load {

using Bytes = std::vector<std::byte>;
using SharedBytes = std::shared_ptr<const Bytes>;  // never change once they are shared

class Client;

// What clients tell their owner. All of it may call any method of the client.
class ClientEvents {
 public:
  virtual ~ClientEvents() = default;

  // The handshake is done, and messages may be sent.
  virtual void opened(Client& client) = 0;

  // A message arrived whole; its bytes are valid until the return. Of a raw target: some bytes arrived.
  virtual void received(Client& client, std::span<std::byte> payload) = 0;

  // Everything that had arrived has been told: what is sent now goes out together.
  virtual void caught_up(Client& client) = 0;

  // The connection is over, and `how` says why in words: "closed with 4101: ...". The client may connect again.
  virtual void ended(Client& client, const std::string& how) = 0;
};

// What the clients of one loop share.
struct ClientSurroundings {
  uv_loop_t& loop;
  Meter& meter;
  ClientEvents& events;
  std::span<std::byte> receive_buffer;  // what one recv() may bring
  std::string key;                      // Sec-WebSocket-Key, base64 of 16 random bytes
  std::string_view subprotocol;
  std::string_view bearer_token;
};

// One connection of a client, which may be made again when it has ended. It answers pings and close frames by itself.
//
// Belongs to the thread of its loop. Must not move, and must not go before it has ended.
class Client {
 public:
  Client(ClientSurroundings& surroundings, std::size_t index) : surroundings_(surroundings), index_(index) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] bool open() const { return phase_ == Phase::open; }
  [[nodiscard]] bool idle() const { return phase_ == Phase::idle; }
  [[nodiscard]] bool was_open() const { return was_open_; }           // since it last began to connect
  [[nodiscard]] bool leaving() const { return leaving_; }             // close() was called
  [[nodiscard]] std::uint64_t began_at() const { return began_at_; }  // of the connection, as now() counts

  // Begins to connect an idle client to `path` of the target, which outlives the connection. False, with an errno,
  // where no socket is to be had: then it stays idle.
  bool connect(const Target& target, const std::string& path);

  // Sends the first `size` of the bytes, which are finished frames; what the kernel does not take yet is kept.
  void send(const SharedBytes& bytes, std::size_t size);

  // Whether to read what the server sends. A client that does not read is a slow one.
  void read(bool on);

  // Ends an open connection in order, with a close frame; another one at once.
  void close(protocol::CloseCode code);

  // Ends the connection at once.
  void abort(const std::string& how);

 private:
  enum class Phase : std::uint8_t { idle, connecting, handshake, open, closing, ending };
  struct Piece {
    SharedBytes bytes;
    std::size_t begin;
    std::size_t end;
  };

  static void on_poll(uv_poll_t* handle, int status, int events);
  void connected();
  void become_open();
  void receive();
  bool receive_once();
  void receive_answer(std::span<std::byte> input);
  void receive_frames(std::span<std::byte> input);
  void act_on(const protocol::Incoming& event);
  void act_on_close(const protocol::Incoming& event);
  void send_control(protocol::Opcode opcode, std::span<const std::byte> payload);
  std::size_t write(std::span<const std::byte> bytes);
  void flush();
  void watch();

  ClientSurroundings& surroundings_;
  std::size_t index_;
  uv_poll_t poll_{};
  core::FileDescriptor socket_;
  const Target* target_ = nullptr;
  protocol::MessageReader reader_{protocol::Role::client, kLimits};
  std::vector<Piece> waiting_;
  std::string head_;  // of the request to be sent, then of the answer as far as it is there
  std::string how_it_ended_;
  std::uint64_t began_at_ = 0;
  Phase phase_ = Phase::idle;
  bool reading_ = true;
  bool was_open_ = false;
  bool leaving_ = false;

  static constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = std::size_t{1} << 32,
                                                  .message_bytes_max = std::size_t{1} << 32};
};

// Nanoseconds since some moment.
[[nodiscard]] std::uint64_t now();

// One finished frame of a client with a random masking key.
[[nodiscard]] Bytes client_frame(protocol::Opcode opcode, std::span<const std::byte> payload);

}  // namespace sentix::load
