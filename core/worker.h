#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "channels/dispatcher.h"
#include "channels/session_id.h"
#include "core/acceptor.h"
#include "core/application.h"
#include "core/compression.h"
#include "core/connection.h"
#include "core/fifo.h"
#include "core/mailbox.h"
#include "core/outbox.h"
#include "core/shared.h"
#include "core/slab.h"
#include "core/timer_wheel.h"
#include "protocol/buffer_pool.h"
#include "protocol/frame_rules.h"
#include "protocol/http_request.h"
#include "protocol/refusal.h"

namespace sentix::core {

// One thread, one loop, and the connections that were accepted on it. Workers share nothing but Shared and each other's
// mailboxes.
//
// A turn of the loop handles everything that is ready, and then, before it sleeps, end_turn(): drain the mailbox, write
// once to every connection that has something, reap what is over. Each of these is bounded; what is left makes the next
// turn come at once.
//
// Everything is for the thread that runs run(), except for the constructor and the mailbox.
class Worker {
 public:
  Worker(Shared& shared, unsigned index, std::vector<FileDescriptor> listening);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves until stop() has been carried out to its end.
  void run();

  // Stops accepting and closes everyone, spread over the drain window; or everyone at once, when `hard` or called
  // again.
  void stop(bool hard);

  // Works by the newest configuration from now on, and so do its connections. To be called as a task of the mailbox.
  void reconfigure();

  [[nodiscard]] unsigned index() const { return index_; }

  // Takes over a connection that was accepted elsewhere.
  void adopt(FileDescriptor fd, const Address& address);

  // Null where it is gone.
  [[nodiscard]] Connection* find(channels::SessionId id);

  // Which worker a connection belongs to.
  static unsigned index_of(channels::SessionId id);

  // Closes all clients of that user, and returns how many those were. It looks at every connection.
  std::size_t close_user(std::string_view user, protocol::CloseCode code, std::string_view reason);

  // Shows `visit` the clients whose ids come after `after`, in the order of their ids, until it returns false. Looks at
  // 10,000 slots at most, because others wait meanwhile. Returns the id behind which to go on; `none`: there are no
  // more.
  channels::SessionId visit_clients(channels::SessionId after, const std::function<bool(Connection&)>& visit);

  // Make a client listen to a channel, or stop listening, past all permissions.
  void subscribe(channels::SessionId id, const std::string& channel);
  void unsubscribe(channels::SessionId id, const std::string& channel);

  // --- What connections ask of their worker
  // ---------------------------------------------------------------------------------

  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] const Configuration& configuration() const { return *configuration_; }
  [[nodiscard]] const Options& options() const { return configuration_->options; }
  [[nodiscard]] Application& application() { return *application_; }
  [[nodiscard]] bool echoes() const { return options().service == Service::echo; }
  [[nodiscard]] WorkerMetrics& metrics() { return metrics_; }
  [[nodiscard]] OutboxPool& outbox_pool() { return outbox_pool_; }
  [[nodiscard]] const protocol::ReaderLimits& reader_limits() const { return reader_limits_; }
  [[nodiscard]] SharedCompression& compression() { return compression_; }
  [[nodiscard]] protocol::HttpRequest& request() { return request_; }  // scratch for one handshake at a time
  [[nodiscard]] std::span<std::byte> receive_buffer() { return receive_buffer_; }  // valid until the callback returns
  [[nodiscard]] Stream stream_on(FileDescriptor fd);                               // of a new connection
  [[nodiscard]] Tick now() const { return now_; }
  [[nodiscard]] std::chrono::steady_clock::time_point time() const;

  void arm(Timer& timer, Tick deadline) { wheel_.arm(timer, deadline); }
  void flush_soon(Connection& connection, FlushList list);
  void continue_soon(Connection& connection);                    // to read again
  void hold(Connection& connection);                             // release_hold() when no mailbox is congested any more
  void slow_down(Connection& connection, Tick until);            // release_slowdown() then
  void leaving(Connection& connection);                          // it closes, or is gone
  void handshake_done() { shared_.admission.handshake_done(); }  // the connection has left the phase of that name
  void stranger_answered(Connection& connection);                // a page or a refusal: it never becomes a client
  void stranger_gone() { shared_.admission.stranger_gone(); }
  void judge_page_credential(Connection& connection, const std::string& token, std::optional<protocol::Refusal> refusal,
                             bool head_only);

 private:
  using Ids = std::vector<channels::SessionId>;

  void accepted(FileDescriptor fd, const Address& address) noexcept;
  void turn_away(const Address& address);
  void place(FileDescriptor fd, const Address& address);
  template <class Act>
  void attempt(Connection& connection, Act&& act) noexcept;
  void drop_answered_strangers();
  void refuse_oldest_handshake(channels::SessionId newest, unsigned came_to);
  Connection* oldest_handshake();
  void forget_done_handshakes();

  void measure_lag();
  void measure_memory();
  void tick() noexcept;
  void look() noexcept;
  void clean();
  void end_turn() noexcept;
  bool drain_mailbox();
  void close_all_for_loss();
  std::size_t take(Mailbox::Post& post) noexcept;
  void flush_replies();
  bool flush_deliveries();
  bool continue_reading();
  void tell_congestion();
  void release_held();
  void release_slowed();
  void end_expired() noexcept;
  bool reap();
  void drain_clients();
  void say_goodbye(Connection& connection);
  void close_handles();
  void assert_own_thread() const;

  Shared& shared_;
  ConfigurationPtr configuration_;
  const unsigned index_;
  Mailbox& mailbox_;
  Mailbox::WakeBatch* wakes_ = nullptr;  // while it runs
  WorkerMetrics& metrics_;
  std::unique_ptr<Application> application_;
  channels::Dispatcher* dispatcher_ = nullptr;  // the application's, where it has one
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  unsigned next_adopter_ = 0;  // on a Unix path: which worker gets the next connection

  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_prepare_t before_sleep_{};
  uv_idle_t stay_awake_{};
  uv_timer_t ticker_{};
  std::thread::id thread_;
  std::uint64_t started_at_ms_ = 0;
  bool handles_closed_ = false;

  protocol::BufferPool buffer_pool_;
  protocol::ReaderLimits reader_limits_;
  OutboxPool outbox_pool_;
  SharedCompression compression_;
  TimerWheel wheel_;
  Tick now_ = 1;
  std::uint64_t ticked_at_ns_ = 0;
  Tick next_cleaning_ = 0;
  Tick next_look_ = 0;  // at the files of certificates, and at how much memory there is
  Slab<Connection> connections_;
  std::uint32_t generation_;
  std::vector<std::byte> receive_buffer_;
  std::vector<std::byte> tls_record_;  // in which TLS gathers what it sends
  protocol::HttpRequest request_;

  Ids replies_;
  Fifo<channels::SessionId> deliveries_;  // the rest of a turn's slice stays for the next
  std::size_t unsent_ = 0;                // publications that wait in outboxes of those
  Ids resuming_;
  Ids held_;
  Ids leaving_;
  using Release = std::pair<Tick, channels::SessionId>;
  std::priority_queue<Release, std::vector<Release>, std::greater<>> slowed_;  // the next one on top
  Fifo<channels::SessionId> handshakes_by_age_;
  Fifo<channels::SessionId> strangers_by_age_;  // answered, and not gone yet

  struct Draining {
    Ids clients;             // who was there when it began
    std::size_t closed = 0;  // how many of them have been told
    Tick began = 0;
    bool hard = false;
  };
  std::unique_ptr<Draining> draining_;
};

}  // namespace sentix::core
