#pragma once

#include <csignal>

namespace sentix::core {

// In the calling thread: what is written to a peer that has gone fails, and raises nothing. A library leaves the
// handlers of its process alone.
inline void block_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace sentix::core
