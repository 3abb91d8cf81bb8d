#pragma once

#include <uv.h>

#include <functional>

#include "core/address.h"
#include "core/file_descriptor.h"
#include "core/log.h"

namespace sentix::core {

// Takes connections from one listening socket for as long as it lives. Where the process or the machine is out of
// descriptors or memory, it stops for a while instead of spinning: those who wait stay in the kernel's queue.
//
// Belongs to one worker; it must be closed, and its loop have run afterwards, before it goes.
class Acceptor {
 public:
  using Accepted = std::function<void(FileDescriptor, const Address&)>;

  Acceptor(FileDescriptor socket, Accepted accepted, const LogSink& log);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void start(uv_loop_t* loop);
  void close();

 private:
  void watch();
  void accept_some() noexcept;
  void pause(int error);

  static constexpr int kAcceptsPerTurn = 64;  // so that a storm of connects does not keep the others waiting
  static constexpr std::uint64_t kPauseMs = 250;

  FileDescriptor socket_;
  Accepted accepted_;
  const LogSink& log_;
  uv_poll_t poll_{};
  uv_timer_t pause_timer_{};
  bool open_ = false;
};

}  // namespace sentix::core
