#pragma once

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string_view>

namespace sentix::tools {

// Standard error as a log, which nobody may be reading: a pipe that stays full costs lines, and never keeps the process
// from ending. Any thread may call anything.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // From now on what cannot be written at once is lost.
  void hurry() { patience_ms_ = 0; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write_all({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  static constexpr int kPatienceMs = 1000;
  static constexpr std::size_t kAtOnce = 4096;  // PIPE_BUF: a pipe that is writable takes so much without blocking

  void write_all(std::string_view text) {
    pollfd standard_error{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    while (!text.empty() && poll(&standard_error, 1, patience_ms_) == 1) {
      const ssize_t written = write(STDERR_FILENO, text.data(), text.size() < kAtOnce ? text.size() : kAtOnce);
      if (written <= 0) {
        return;
      }
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::atomic<int> patience_ms_ = kPatienceMs;
};

}  // namespace sentix::tools
