#pragma once

#include <stdexcept>
#include <thread>
#include <utility>

#include "core/server.h"

namespace sentix::test {

// A server on a free port of 127.0.0.1, on a thread of its own, until the end of the scope.
class RunningServer {
 public:
  explicit RunningServer(core::Options options) : server_(on_free_port(std::move(options))) {
    thread_ = std::thread([this] { server_.run(); });
    if (!server_.wait_until_listening()) {
      thread_.join();
      throw std::runtime_error("the server did not begin to listen");
    }
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() {
    server_.stop();
    server_.stop();  // at once
    thread_.join();
  }

  core::Server* operator->() { return &server_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  static core::Options on_free_port(core::Options options) {
    options.port = 0;
    return options;
  }

  core::Server server_;
  std::thread thread_;
};

}  // namespace sentix::test
