#pragma once

#include <uv.h>

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include "core/acceptor.h"
#include "core/admin/admin_connection.h"
#include "core/admin/admin_context.h"
#include "core/shared.h"

namespace sentix::core {

// The admin listener of one server: HTTP/1.1 on an address of its own, with a thread and a loop of its own. It lives
// beside the workers, from before the first connection until the last one has gone, and tells of them while they drain.
//
// The constructor, the destructor and port() are for the thread that runs the server; everything else is the admin
// thread's.
class AdminListener {
 public:
  // Binds, and serves from now on. std::system_error with a sentence that names the setting where it cannot.
  AdminListener(Shared& shared, const AdminOptions& options);
  // Closes everything at once.
  ~AdminListener();
  AdminListener(const AdminListener&) = delete;
  AdminListener& operator=(const AdminListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // Whoever connects from now on finds the process that listens beside it. For any thread.
  void stop_accepting();

  // --- What connections ask of it ---

  [[nodiscard]] AdminContext& context() { return context_; }
  [[nodiscard]] const AdminOptions& options() const { return context_.options; }
  [[nodiscard]] const protocol::RequestLimits& request_limits() const { return request_limits_; }
  [[nodiscard]] protocol::HttpRequest& request() { return request_; }  // scratch for one request at a time
  [[nodiscard]] std::uint64_t now_ms() { return uv_now(&loop_); }
  [[nodiscard]] AdminConnection* find(std::uint64_t id);
  // The whole request goes to whoever answers it; the answer to its connection, if that is still there.
  void dispatch(AdminConnection& connection, const AdminRequest& request);
  void forget(const AdminConnection& connection);  // its handle is closed
  std::array<char, 65536> receive_buffer{};        // that all connections share: valid until the callback returns

 private:
  void run();
  void accepted(FileDescriptor fd, const Address& from) noexcept;
  bool make_room();
  void drain_inbox() noexcept;
  void tick() noexcept;
  void shut_down();
  void log_full();

  AdminContext context_;
  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_timer_t ticker_{};
  std::vector<std::unique_ptr<Acceptor>> acceptors_;  // one for every address that the host stands for
  std::uint16_t port_ = 0;
  std::uint64_t last_id_ = 0;
  std::list<std::unique_ptr<AdminConnection>> connections_;  // the one that came first in front
  std::uint64_t full_logged_ms_ = 0;
  const protocol::RequestLimits request_limits_;
  protocol::HttpRequest request_;
  std::thread thread_;
};

}  // namespace sentix::core
