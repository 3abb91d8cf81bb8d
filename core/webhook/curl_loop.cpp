#include "core/webhook/curl_loop.h"

#include <new>
#include <utility>

namespace sentix::core {
namespace {

// The first call makes tables and a random generator, and must not run beside another (libcurl's own manual).
void initialize_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) {
    throw std::bad_alloc();
  }
}

}  // namespace

struct CurlLoop::Watch {
  uv_poll_t poll{};
  curl_socket_t socket;
  CurlLoop* owner;
};

CurlLoop::CurlLoop(uv_loop_t* loop, Finished finished) : loop_(loop), finished_(std::move(finished)) {
  initialize_curl();
  multi_.reset(curl_multi_init());
  if (!multi_) {
    throw std::bad_alloc();
  }
  uv_timer_init(loop_, &timer_);
  timer_.data = this;
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlLoop::watch_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlLoop::set_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
}

void CurlLoop::keep_connections(std::size_t count) {
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(count));
}

bool CurlLoop::add(CURL* transfer) {
  return curl_multi_add_handle(multi_.get(), transfer) == CURLM_OK;
}

void CurlLoop::remove(CURL* transfer) {
  curl_multi_remove_handle(multi_.get(), transfer);
}

void CurlLoop::close() {
  multi_.reset();  // which asks for the watches to be given up
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
}

// A descriptor that the loop cannot watch fails all transfers (-1), which is what a loop without memory is.
int CurlLoop::watch_socket(CURL*, curl_socket_t socket, int what, void* self, void* watch) {
  auto* const loop = static_cast<CurlLoop*>(self);
  auto* known = static_cast<Watch*>(watch);
  if (what == CURL_POLL_REMOVE) {
    if (known != nullptr) {
      curl_multi_assign(loop->multi_.get(), socket, nullptr);
      uv_close(reinterpret_cast<uv_handle_t*>(&known->poll),
               [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
    }
    return 0;
  }
  if (known == nullptr) {
    auto fresh = std::make_unique<Watch>(Watch{.socket = socket, .owner = loop});
    if (uv_poll_init_socket(loop->loop_, &fresh->poll, socket) != 0) {
      return -1;
    }
    known = fresh.release();
    known->poll.data = known;
    curl_multi_assign(loop->multi_.get(), socket, known);
  }
  const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  return uv_poll_start(&known->poll, events, &CurlLoop::socket_ready) == 0 ? 0 : -1;
}

void CurlLoop::socket_ready(uv_poll_t* handle, int status, int events) {
  const auto* const watch = static_cast<Watch*>(handle->data);
  const int ready = ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                    ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0) | (status < 0 ? CURL_CSELECT_ERR : 0);
  watch->owner->act(watch->socket, ready);
}

// Also with 0 it must be the loop that calls libcurl back: it forbids being called from its own callback.
int CurlLoop::set_timer(CURLM*, long timeout_ms, void* self) {
  auto* const loop = static_cast<CurlLoop*>(self);
  if (timeout_ms < 0) {
    return uv_timer_stop(&loop->timer_);
  }
  const auto passed = [](uv_timer_t* timer) { static_cast<CurlLoop*>(timer->data)->act(CURL_SOCKET_TIMEOUT, 0); };
  return uv_timer_start(&loop->timer_, passed, static_cast<std::uint64_t>(timeout_ms), 0);
}

void CurlLoop::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) {
      CURL* const transfer = message->easy_handle;
      const CURLcode result = message->data.result;  // the message goes with the transfer
      remove(transfer);
      finished_(transfer, result);
    }
  }
}

}  // namespace sentix::core
