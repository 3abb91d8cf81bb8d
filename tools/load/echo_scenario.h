#pragma once

#include "tools/load/request_loop.h"
#include "tools/load/scenario.h"

namespace sentix::load {

// Messages that the server sends back as they are. Every answer is compared with what was sent.
class EchoScenario final : public Scenario {
 public:
  EchoScenario(const Options& options, std::size_t clients, Fleet& fleet);

  [[nodiscard]] std::size_t clients() const override { return clients_; }
  void add_client() override;
  void start() override { loop_.start(); }
  void stop() override { loop_.stop(); }

 private:
  void opened(Client& client) override;
  void received(Client& client, std::span<std::byte> payload) override;
  void caught_up(Client& client) override { loop_.ask_again(client); }
  void received_raw(Client& client, std::size_t bytes);

  std::size_t clients_;
  Bytes payload_;
  Requests requests_;
  RequestLoop loop_;
  std::vector<std::size_t> raw_bytes_;  // of a raw target: what has come back of the message that is not whole yet
};

}  // namespace sentix::load
