#include "core/acceptor.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace sentix::core {

Acceptor::Acceptor(FileDescriptor socket, Accepted accepted, const LogSink& log)
    : socket_(std::move(socket)), accepted_(std::move(accepted)), log_(log) {}

void Acceptor::start(uv_loop_t* loop) {
  uv_poll_init(loop, &poll_, socket_.get());
  uv_timer_init(loop, &pause_timer_);
  poll_.data = pause_timer_.data = this;
  open_ = true;
  watch();
}

void Acceptor::watch() {
  uv_poll_start(&poll_, UV_READABLE,
                [](uv_poll_t* handle, int, int) { static_cast<Acceptor*>(handle->data)->accept_some(); });
}

void Acceptor::close() {
  if (std::exchange(open_, false)) {
    uv_close(reinterpret_cast<uv_handle_t*>(&pause_timer_), nullptr);
    // The descriptor must stay open until libuv has let go of it, which uv_close() does at once for a poll handle.
    uv_close(reinterpret_cast<uv_handle_t*>(&poll_), nullptr);
    socket_.reset();
  }
}

void Acceptor::accept_some() noexcept {
  for (int i = 0; i < kAcceptsPerTurn && open_; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    FileDescriptor fd(
        ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      if (size <= sizeof(sa_family_t)) {
        address.ss_family = AF_UNIX;  // clients of a Unix socket have no address of their own
      }
      accepted_(std::move(fd), Address::from(address));
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        pause(errno);
        return;
      default:  // of this one connection only (ECONNABORTED, EPROTO, EINTR, ...): the next may be fine
        break;
    }
  }
}

void Acceptor::pause(int error) {
  if (log_) {
    log_(LogLevel::warning, "accepting no connections for a moment: " + std::generic_category().message(error));
  }
  uv_poll_stop(&poll_);
  uv_timer_start(
      &pause_timer_, [](uv_timer_t* timer) { static_cast<Acceptor*>(timer->data)->watch(); }, kPauseMs, 0);
}

}  // namespace sentix::core
