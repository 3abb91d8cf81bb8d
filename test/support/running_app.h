#pragma once

#include <stdexcept>
#include <thread>

#include "sentix/server.h"
#include "test/support/ws_client.h"

namespace sentix::test {

// Runs an application's server, which is set up and has port 0, on a thread of its own until the end of the scope.
class RunningApp {
 public:
  explicit RunningApp(sentix::Server& server) : server_(server), thread_([&server] { server.start(); }) {
    if (!server.wait_until_listening()) {
      thread_.join();
      throw std::runtime_error("the server did not begin to listen");
    }
  }
  RunningApp(const RunningApp&) = delete;
  RunningApp& operator=(const RunningApp&) = delete;
  ~RunningApp() {
    server_.stop();
    server_.stop();  // at once
    thread_.join();
  }

  // A client that has been welcomed.
  [[nodiscard]] WsClient client(const WsClient::Request& request = {}) const {
    WsClient client(server_.port(), request);
    client.receive_text_with(R"("type":"welcome")");
    return client;
  }

  // The same, and it is subscribed.
  [[nodiscard]] WsClient client_on(const std::string& channel) const {
    WsClient client = this->client();
    client.send_text(R"({"type":"subscribe","id":"in","channel":")" + channel + "\"}");
    client.receive_text_with(R"("type":"subscribed","id":"in")");
    return client;
  }

 private:
  sentix::Server& server_;
  std::thread thread_;
};

}  // namespace sentix::test
