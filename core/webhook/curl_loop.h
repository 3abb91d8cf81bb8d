#pragma once

#include <curl/curl.h>
#include <uv.h>

#include <functional>
#include <memory>

namespace sentix::core {

// libcurl's multi interface on a libuv loop: transfers run side by side, and their connections are kept for the next
// ones. Everything is for the loop's thread.
//
// libcurl says which of its sockets to watch for what, and how long it wants to be left alone; the loop tells it what
// has happened. A handle of libuv outlives its socket until its close callback, so each is an allocation of its own.
class CurlLoop {
 public:
  // Hears of a transfer that has ended, which has been removed already. May add and remove others.
  using Finished = std::function<void(CURL* transfer, CURLcode result)>;

  // Throws std::bad_alloc.
  CurlLoop(uv_loop_t* loop, Finished finished);
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // Idle connections that are kept are at most so many; those of transfers count.
  void keep_connections(std::size_t count);

  // Starts a transfer, whose handle stays the caller's. False where libcurl has no memory for it.
  [[nodiscard]] bool add(CURL* transfer);
  void remove(CURL* transfer);

  // Closes every connection, and the handles. All transfers have been removed; the loop runs until it has nothing more
  // to do, and only then may this be destroyed.
  void close();

 private:
  struct Watch;
  struct Cleanup {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  static int watch_socket(CURL* transfer, curl_socket_t socket, int what, void* self, void* watch);
  static int set_timer(CURLM* multi, long timeout_ms, void* self);
  static void socket_ready(uv_poll_t* handle, int status, int events);
  void act(curl_socket_t socket, int events);

  uv_loop_t* const loop_;
  const Finished finished_;
  uv_timer_t timer_{};
  std::unique_ptr<CURLM, Cleanup> multi_;
};

}  // namespace sentix::core
