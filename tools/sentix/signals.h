#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace sentix::tools {

// Blocks SIGTERM, SIGINT and SIGHUP for this thread and all that it starts from now on, so that SignalThread alone gets
// them, and ignores SIGPIPE and SIGXFSZ: a reader that has gone, and a file that may not grow, are errors of the write.
// Call it before any other thread.
void block_signals();

// Undoes the blocking, for a command that ends at a signal as any program does. SIGPIPE and SIGXFSZ stay ignored.
void unblock_signals();

// Waits for the signals on a thread of its own, where handlers may do what no signal handler may. For a process that
// has called block_signals().
class SignalThread {
 public:
  // SIGTERM and SIGINT call `stop`, and so does the second one; a process that is still there a second later, or at the
  // third one, is ended with status 1. SIGHUP calls `reload`. Both run on the thread, one at a time.
  SignalThread(std::function<void()> stop, std::function<void()> reload);
  // Waits for a call in progress.
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void run();

  std::function<void()> stop_;
  std::function<void()> reload_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace sentix::tools
