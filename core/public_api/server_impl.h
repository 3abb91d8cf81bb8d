#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "channels/events.h"
#include "core/options.h"
#include "core/server.h"
#include "sentix/log.h"
#include "sentix/server.h"

namespace sentix {

// What an application sets up until start(), and from then on the core::Server that was made of it.
struct Server::Impl {
 public:
  using Act = std::function<void(core::Server&)>;

  Impl(std::string host, std::uint16_t port);

  // --- Setting up, on one thread: std::logic_error once begin() was called ---

  core::Options& settings();
  channels::Handlers& handlers();
  void set_log(const LogSink& sink);

  // --- From any thread ---

  // Makes the server, and does what was asked for before. Throws what Server::start() throws for its settings.
  core::Server& begin();

  // Null before begin() is through. Lives as long as this.
  [[nodiscard]] core::Server* server() const { return server_.load(std::memory_order_acquire); }

  // Does it now where there is a server, else as soon as there is one, in the order of the calls.
  void act(Act act);

  // No server that is made from now on is to listen.
  void give_up();

  // Returns the server once it is there; null where there will be none.
  [[nodiscard]] core::Server* await_server() const;

 private:
  void require_setting_up() const;
  void set_up_log();
  void make_server();

  core::Options options_;        // until begin()
  channels::Handlers handlers_;  // until begin()
  bool logs_by_default_ = true;

  mutable std::mutex mutex_;  // of what follows; held while a server is made
  mutable std::condition_variable changed_;
  bool begun_ = false;
  bool hopeless_ = false;  // nobody needs to wait for a server that listens
  std::vector<Act> asked_early_;
  std::unique_ptr<core::Server> owned_;
  std::atomic<core::Server*> server_{nullptr};  // owned_, for readers without the lock
};

}  // namespace sentix
