#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "core/file_descriptor.h"
#include "core/uv_handle.h"

namespace sentix::core {

// What an admin listener on this machine said.
struct Health {
  bool alive = false;   // GET /health was answered with 200
  bool ready = false;   // and GET /ready as well
  std::string trouble;  // why not, as the end of a sentence
};

// Asks one admin listener for /health and then /ready, once. Belongs to one loop's thread.
class HealthCheck {
 public:
  using Clock = std::chrono::steady_clock;

  // Calls `done` once, from the loop or from look(), unless this goes before; it may let this go.
  HealthCheck(uv_loop_t* loop, std::uint16_t port, Clock::time_point deadline, std::function<void(const Health&)> done);

  // To be called now and then: whoever has not answered until the deadline does not.
  void look(Clock::time_point now);

 private:
  void ask(const char* path);
  void act(int status);
  void read();
  void answered();
  void finish();

  static constexpr std::size_t kAnswerBytesMax = 16 * 1024;

  uv_loop_t* const loop_;
  const std::uint16_t port_;
  const Clock::time_point deadline_;
  std::function<void(const Health&)> done_;
  Health health_;
  FileDescriptor socket_;  // goes after its watcher
  UvHandle<uv_poll_t> watcher_;
  std::string request_;
  std::string answer_;
};

// What an answer means: nothing where it is 200, otherwise what is wrong, as the end of a sentence. `answer` is all of
// it, to the end of its connection.
[[nodiscard]] std::string trouble_of(std::string_view answer);

}  // namespace sentix::core
