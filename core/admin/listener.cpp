#include "core/admin/listener.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "channels/thrown.h"
#include "core/admin/router.h"
#include "core/listening_socket.h"
#include "core/sigpipe.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kTickMs = 250;
constexpr std::uint64_t kFullLogIntervalMs = 10'000;

void check(int status) {
  if (status < 0) {
    throw std::system_error(-status, std::generic_category(), "cannot make an event loop for the admin listener");
  }
}

ListeningSockets bind_admin(const AdminOptions& options) {
  const std::string what = "admin (--admin): ";
  const auto address = parse_admin_address(options.address);
  if (!address) {
    throw std::system_error(EINVAL, std::generic_category(), what + options.address + " is not HOST:PORT");
  }
  try {
    return listen_on({.host = address->host, .port = address->port, .reuse_port = options.shared});
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), what + "cannot listen on " + options.address);
  }
}

}  // namespace

AdminListener::AdminListener(Shared& shared, const AdminOptions& options)
    : context_(shared, options), request_limits_{.body_bytes_max = options.body_bytes_max} {
  ListeningSockets sockets = bind_admin(options);
  port_ = sockets.port;
  check(uv_loop_init(&loop_));
  const auto drain = [](uv_async_t* handle) { static_cast<AdminListener*>(handle->data)->drain_inbox(); };
  check(uv_async_init(&loop_, &wake_, drain));
  uv_timer_init(&loop_, &ticker_);
  wake_.data = ticker_.data = this;
  uv_timer_start(
      &ticker_, [](uv_timer_t* timer) { static_cast<AdminListener*>(timer->data)->tick(); }, kTickMs, kTickMs);
  const auto take = [this](FileDescriptor fd, const Address& from) { accepted(std::move(fd), from); };
  for (FileDescriptor& socket : sockets.of_worker.front()) {
    acceptors_.push_back(std::make_unique<Acceptor>(std::move(socket), take, shared.sink));
    acceptors_.back()->start(&loop_);
  }
  context_.inbox->open(&wake_);
  thread_ = std::thread([this] { run(); });
}

void AdminListener::stop_accepting() {
  context_.inbox->post([this] {
    for (const auto& acceptor : acceptors_) {
      acceptor->close();
    }
  });
}

AdminListener::~AdminListener() {
  context_.inbox->post([this] { shut_down(); });
  thread_.join();
  uv_loop_close(&loop_);
}

void AdminListener::run() {
  block_sigpipe();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void AdminListener::shut_down() {
  context_.inbox->close();
  for (const auto& acceptor : acceptors_) {
    acceptor->close();
  }
  for (const auto& connection : connections_) {
    connection->close();
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&ticker_), nullptr);
}

// --- Connections

void AdminListener::accepted(FileDescriptor fd, const Address& from) noexcept {
  try {
    if (!make_room()) {
      return;  // all of them are being answered: it is told by the end of its connection
    }
    connections_.push_back(std::make_unique<AdminConnection>(*this, ++last_id_, from));
    if (AdminConnection& connection = *connections_.back(); !connection.start(&loop_, std::move(fd))) {
      connection.close();
    }
  } catch (...) {
    context_.shared.log_thrown("a connection to the admin listener is dropped");
  }
}

// Whoever asks is served: it is those that only wait who make way, the one that came first before the others.
bool AdminListener::make_room() {
  const auto is_open = [](const auto& connection) { return !connection->closing(); };
  const auto open = std::count_if(connections_.begin(), connections_.end(), is_open);
  if (static_cast<std::size_t>(open) < options().connections_max) {
    return true;
  }
  ++context_.made_way;
  log_full();
  const auto can = [](const auto& connection) { return connection->can_make_way(); };
  const auto oldest = std::find_if(connections_.begin(), connections_.end(), can);
  if (oldest == connections_.end()) {
    return false;
  }
  (*oldest)->close();
  return true;
}

void AdminListener::log_full() {
  if (full_logged_ms_ == 0 || now_ms() >= full_logged_ms_ + kFullLogIntervalMs) {
    full_logged_ms_ = now_ms();
    context_.shared.log(LogLevel::warning,
                        "too many connections to the admin listener, the oldest make way: "
                        "admin_connections is " +
                            std::to_string(options().connections_max));
  }
}

AdminConnection* AdminListener::find(std::uint64_t id) {
  const auto same = [id](const auto& connection) { return connection->id() == id && !connection->closing(); };
  const auto found = std::find_if(connections_.begin(), connections_.end(), same);
  return found == connections_.end() ? nullptr : found->get();
}

void AdminListener::forget(const AdminConnection& connection) {
  connections_.remove_if([&](const auto& owned) { return owned.get() == &connection; });
}

void AdminListener::drain_inbox() noexcept {
  for (const auto& task : context_.inbox->take()) {
    try {
      task();
    } catch (...) {
      context_.shared.log_thrown("the admin listener goes on");
    }
  }
}

void AdminListener::tick() noexcept {
  try {
    context_.do_what_is_due();
    for (const auto& connection : connections_) {
      connection->look_at_clock();
    }
  } catch (...) {
    context_.shared.log_thrown("the admin listener goes on");
  }
}

void AdminListener::dispatch(AdminConnection& connection, const AdminRequest& request) {
  const auto reply = [this, id = connection.id()](const AdminAnswer& answer) {
    if (AdminConnection* asking = find(id)) {
      asking->answer(answer);
    }
  };
  try {
    answer_admin_request(context_, request, reply);
  } catch (...) {
    context_.shared.log_thrown("a request to the admin listener failed");
    reply(admin_error(500, "internal", "The server failed to answer this."));
  }
}

}  // namespace sentix::core
