#include "core/redis/tls_handshake.h"

#include <utility>

namespace sentix::core {

// The client speaks first: so it is the socket's room that begins it, which comes with the next turn.
TlsHandshake::TlsHandshake(uv_loop_t& loop, Stream& stream, Done done)
    : stream_(stream), done_(std::move(done)), poll_(make_uv_handle<uv_poll_t>(this, [&](uv_poll_t* poll) {
        return uv_poll_init(&loop, poll, stream.descriptor());
      })) {
  if (!poll_) {
    throw std::bad_alloc();
  }
  watch(UV_WRITABLE);
}

void TlsHandshake::watch(int events) {
  uv_poll_start(poll_.get(), events, [](uv_poll_t* poll, int /*status*/, int /*events*/) {
    static_cast<TlsHandshake*>(poll->data)->go_on();
  });
}

void TlsHandshake::go_on() {
  const Transfer::Status status = stream_.shake_hands();
  if (status == Transfer::Status::would_block) {
    watch(stream_.receiving_waits_to_send() ? UV_WRITABLE : UV_READABLE);
    return;
  }
  poll_.reset();
  switch (status) {
    case Transfer::Status::done:
      done_({});
      return;
    case Transfer::Status::refused:
      done_("TLS has failed (" + stream_.tls()->failure() + ")");
      return;
    default:
      done_("the server has ended the TLS handshake: perhaps its port is not one for TLS");
  }
}

}  // namespace sentix::core
