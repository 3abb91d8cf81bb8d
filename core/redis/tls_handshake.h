#pragma once

#include <uv.h>

#include <functional>
#include <string>

#include "core/stream.h"
#include "core/uv_handle.h"

namespace sentix::core {

// The TLS handshake of one stream, as its client, before anything is sent by it. Has no deadline: who gives it up
// destroys it, which may happen at any time but from inside of `done`, on the loop's thread.
class TlsHandshake {
 public:
  // `problem` is empty where TLS is established.
  using Done = std::function<void(const std::string& problem)>;

  // Calls `done` once, later, never from in here. The stream, which has TLS, outlives it.
  TlsHandshake(uv_loop_t& loop, Stream& stream, Done done);
  TlsHandshake(const TlsHandshake&) = delete;
  TlsHandshake& operator=(const TlsHandshake&) = delete;
  ~TlsHandshake() = default;

 private:
  void go_on();
  void watch(int events);

  Stream& stream_;
  Done done_;
  UvHandle<uv_poll_t> poll_;
};

}  // namespace sentix::core
