#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/address.h"
#include "core/admin/exchange.h"
#include "core/file_descriptor.h"
#include "protocol/request_parser.h"

namespace sentix::core {

class AdminListener;

// One connection to the admin listener: one request after the other (RFC 9112 §9.3), each whole before it is looked at,
// and none read while another is answered. Owned by its listener, of whose thread all of it is; never moves.
//
//   idle --> receiving --> answering --> sending --> idle, or lingering --> closing
//                                    \-> streaming --> closing
//
// It closes after an answer where the client wants that, speaks HTTP/1.0, or has broken a rule of HTTP; then what the
// client may still send is discarded for a moment, so that a reset does not take the answer away from it.
class AdminConnection {
 public:
  AdminConnection(AdminListener& listener, std::uint64_t id, const Address& from);
  AdminConnection(const AdminConnection&) = delete;
  AdminConnection& operator=(const AdminConnection&) = delete;

  // False: the socket cannot be watched. close() is due in any case before it goes.
  [[nodiscard]] bool start(uv_loop_t* loop, FileDescriptor fd);
  // AdminListener::forget() follows once libuv has let go of it.
  void close();

  // To the request that was dispatched last; nothing happens where it has been answered.
  void answer(const AdminAnswer& answer);

  void look_at_clock();  // a few times a second

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] const Address& from() const { return from_; }
  [[nodiscard]] bool closing() const { return phase_ == Phase::closing; }
  // Whether nothing would be lost but the time that it waits for a request.
  [[nodiscard]] bool can_make_way() const {
    return phase_ == Phase::idle || phase_ == Phase::receiving || phase_ == Phase::lingering;
  }

 private:
  enum class Phase : std::uint8_t { idle, receiving, answering, sending, streaming, lingering, closing };

  void enter(Phase phase, std::chrono::milliseconds time);
  void listen();
  void received(ssize_t count) noexcept;
  void take_in(std::string_view bytes);
  void advance();
  bool read_head();
  void accept_head(const protocol::HttpRequest& request, std::size_t bytes);
  void ask();
  void refuse(protocol::Refusal refusal);
  void stream(std::shared_ptr<EventStream> events);
  void feed();
  void write();
  void sent(int status) noexcept;
  void linger();
  void next();

  AdminListener& listener_;
  const std::uint64_t id_;
  const Address from_;
  Phase phase_ = Phase::closing;  // until start()
  bool keep_alive_ = false;
  bool head_only_ = false;
  std::uint64_t deadline_ms_ = 0;  // of the phase
  protocol::RequestParser parser_;
  std::string input_;           // from the first byte of the request on
  std::size_t head_bytes_ = 0;  // 0: the head is not complete
  std::size_t body_bytes_ = 0;
  std::size_t discarded_ = 0;
  std::string output_;                   // empty: nothing is being written
  std::shared_ptr<EventStream> events_;  // while streaming
  uv_tcp_t tcp_{};
  uv_write_t write_{};
  uv_shutdown_t shutdown_{};
};

}  // namespace sentix::core
