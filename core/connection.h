#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rate_limits.h"
#include "channels/peer.h"
#include "channels/session.h"
#include "core/address.h"
#include "core/compression.h"
#include "core/ending.h"
#include "core/handshake.h"
#include "core/outbox.h"
#include "core/proxy_header_reader.h"
#include "core/stream.h"
#include "core/timer_wheel.h"
#include "protocol/http_response.h"
#include "protocol/message_reader.h"

namespace sentix::core {

struct Configuration;
class Worker;

// Which list of its worker a connection waits on to be written to: replies to what was just read go first, the
// deliveries of a fan-out follow in slices.
enum class FlushList : std::uint8_t { replies, deliveries };

// One client's connection, from accept to the last byte. It owns the socket, what has been read and not yet understood,
// what waits to be written, and its session; it belongs to one worker, never moves, and never destroys itself: it marks
// itself, and the worker reaps it.
//
//   handshake --> open --> closing --> lingering --> gone
//
// A phase may be skipped, and every phase may go to `gone` at once where the socket is lost. Its Timer is the one
// deadline that the present phase has.
class Connection final : public channels::Peer, public Timer {
 public:
  enum class Phase : std::uint8_t {
    handshake,  // an HTTP request head is awaited, and before it the TLS handshake
    open,       // messages go both ways
    closing,    // the last bytes (a close frame, or an HTTP response) are queued; perhaps the peer's close frame is
                // awaited
    lingering,  // all was sent and the sending half shut down; what arrives is discarded, until the peer closes too
    gone,       // waits to be reaped
  };

  Connection(Worker& worker, channels::SessionId id, FileDescriptor fd, const Address& address);
  ~Connection();

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] channels::SessionId id() const { return session_.id(); }
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] Worker& worker() { return worker_; }

  // What an operator is told of a client that is connected.
  struct Status {
    std::chrono::milliseconds connected;
    std::chrono::milliseconds quiet;  // nothing has arrived since
    std::size_t waiting_bytes;        // for it to take
    bool read_from;                   // false: it stands still, because of back-pressure, a rate or a judgement
    bool tls;
    bool compressed;
  };
  [[nodiscard]] Status status() const;

  // The name in the client's TLS certificate; empty where it has shown none.
  [[nodiscard]] std::string certificate_name() const;

  [[nodiscard]] channels::Session& session() { return session_; }
  [[nodiscard]] const channels::Session& session() const { return session_; }

  // --- Called by the application, through channels::Peer or directly
  // ---------------------------------------------------------------

  void reply(protocol::SharedFrame frame) override;
  void deliver(const protocol::SharedFrame& frame) override;
  void close(protocol::CloseCode code, std::string_view reason) override;
  void pause() override;
  void resume() override;
  void hold_back() override;
  std::optional<auth::Excess> spend(auth::Quantity quantity, std::uint32_t cost) override;
  std::optional<auth::Excess> overspent(auth::Quantity quantity) override;
  [[nodiscard]] std::string remote_address() const override { return to_text(address_); }

  // Sends a message that has just been received back to where it came from, without copying it.
  void echo(const protocol::Incoming& message);

  // Answers a page request that waited for the judgement on its credential. `refusal` is what its path deserves, if
  // there is no page at it.
  void answer_page(const std::optional<protocol::Refusal>& denied, std::optional<protocol::Refusal> refusal,
                   bool head_only);

  // --- Called by the worker
  // ----------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool start(uv_loop_t* loop);  // false: the socket cannot be watched, and this may only be destroyed
  void reconfigured(const Configuration& before);  // the worker has another configuration than `before`
  void flush();                    // a share of what waits; the rest follows when the others have had their turn
  void flush_for_the_last_time();  // what would never be sent otherwise
  [[nodiscard]] std::size_t waiting_pieces() const { return outbox_.pieces(); }
  void continue_reading();                                         // after resume(), and after hold_back() is over
  bool keeps_to_rate();                                            // as a new one of its address; false: it is refused
  void release_hold();                                             // the inboxes have drained
  void release_slowdown();                                         // what it sent too fast is paid for
  void deadline_passed();                                          // of its Timer
  void refuse(protocol::Refusal refusal, bool head_only = false);  // instead of the handshake
  void refuse(Ending ending, protocol::Refusal refusal, bool head_only = false, std::string_view detail = {});
  void close_at_limit(Ending ending, protocol::CloseCode code);  // the reason names the setting
  void abort(Ending ending = Ending::failed) noexcept { abort(End{.ending = ending}); }
  void abort(const End& end) noexcept;  // gone at once, without a word
  void leave();                         // tells the application, once, that it is over
  void close_handle(uv_close_cb done);
  static Connection& of(uv_handle_t* handle) { return *static_cast<Connection*>(handle->data); }

  // On which of the worker's lists it is, so that it is on each of them once. Kept by the worker alone.
  struct Listed {
    bool replies : 1 = false;
    bool deliveries : 1 = false;
    bool resuming : 1 = false;
    bool leaving : 1 = false;
  } listed;

 private:
  // What has arrived and waits: for the rest of a request head, or for the time when messages are read again. Null
  // where nothing does.
  struct Backlog {
    std::optional<ProxyHeaderReader> proxy_header;  // which is to come first
    std::optional<Handshake> handshake;
    std::uint64_t accepted_at_ns = 0;
    std::vector<std::byte> unread;
  };

  void socket_ready(int status, int events) noexcept;
  void act_on(int status, int events);
  void read();
  [[nodiscard]] bool read_proxy_header();
  [[nodiscard]] bool read_forwarded_header(const protocol::HttpRequest& request);
  [[nodiscard]] auth::Spender spender() const;
  std::optional<auth::Excess> settle(const std::optional<auth::Excess>& excess);
  [[nodiscard]] bool over_rates(const protocol::Incoming& message);
  void spend_fragments();
  [[nodiscard]] bool comes_from(const protocol::IpEndpoint& client);
  void take_in(std::span<std::byte> bytes);
  void shake_hands(std::span<std::byte> bytes);
  void upgrade(const protocol::AcceptedUpgrade& accepted);
  void request_page(const protocol::PageRequest& page, bool head_only);
  void answer_nodes(bool head_only);
  void send_page(const protocol::Page& page, bool head_only);
  void read_messages(std::span<std::byte> bytes);
  void handle(const protocol::Incoming& incoming);
  void fail(const protocol::ViolationInfo& violation);
  void settle_borrowed();
  void peer_ended();
  void tls_failed();

  void send(protocol::SharedFrame frame, FlushList list);
  [[nodiscard]] bool has_room_for(const protocol::SharedFrame& publication) const;
  void enter(Phase phase);
  void deliver_or_throw(const protocol::SharedFrame& frame);
  void begin_closing(protocol::SharedFrame last_frame, bool await_peer);
  void all_sent();
  void end_sending();
  void lost();

  void set_deadline();
  void check_open_deadlines();
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_authenticated() const;
  [[nodiscard]] Tick closing_deadline() const;
  [[nodiscard]] std::optional<std::size_t> send_once(std::size_t bytes_max);
  void watch();
  [[nodiscard]] bool reads_messages() const;
  [[nodiscard]] bool stands_still() const;
  [[nodiscard]] bool wants_input() const;
  void ended(const End& end) const;

  // In an order that leaves no gaps; what a delivery touches comes first, and lies together.
  std::uint8_t pauses_ = 0;
  std::uint16_t discarded_ = 0;  // while lingering: how often, and how many KiB
  Outbox outbox_;
  Worker& worker_;
  [[no_unique_address]] Compression compression_;
  Phase phase_ = Phase::handshake;
  std::uint8_t watched_ : 2 = 0;       // what poll_ watches for: UV_READABLE, UV_WRITABLE
  bool admitted_ : 1 = false;          // counts as a client
  bool entered_ : 1 = false;           // the application knows it
  bool blocked_ : 1 = false;           // the socket takes nothing more at the moment
  bool throttled_ : 1 = false;         // so much waits for this client that it is not read from
  bool held_back_ : 1 = false;         // it feeds an inbox that is congested
  bool await_peer_close_ : 1 = false;  // while closing: a close frame is to come
  bool ping_sent_ : 1 = false;         // and nothing has arrived since
  bool pong_due_ : 1 = false;          // the answer to a ping has not come
  bool slowed_ : 1 = false;            // it is over a rate limit that throttles: not read from until its worker says so
  Tick began_;                         // the present phase

  [[no_unique_address]] Stream stream_;
  Address address_;
  std::unique_ptr<Backlog> backlog_;
  [[no_unique_address]] protocol::MessageReader reader_;
  Tick quiet_since_;  // nothing has arrived since, though it could have; or since the ping that waits for its answer
  channels::Session session_;
  uv_poll_t poll_{};
};

}  // namespace sentix::core
