#pragma once

#include "tools/load/request_loop.h"
#include "tools/load/scenario.h"

namespace sentix::load {

// Publications through the sentix protocol, each to its client's own channel and each answered with `published`. The
// client is subscribed, as the right to publish asks for by default, and so gets its publication as well.
class PublishScenario final : public Scenario {
 public:
  PublishScenario(const Options& options, std::size_t clients, std::size_t thread, Fleet& fleet);

  [[nodiscard]] std::size_t clients() const override { return clients_; }
  void add_client() override;
  void start() override { loop_.start(); }
  void stop() override { loop_.stop(); }

 private:
  void opened(Client& /*client*/) override {}  // what comes first is the server's welcome
  void received(Client& client, std::span<std::byte> payload) override;
  void caught_up(Client& client) override { loop_.ask_again(client); }
  [[nodiscard]] std::string channel_of(std::size_t client) const;

  std::size_t clients_;
  std::size_t thread_;
  RequestLoop loop_;
};

}  // namespace sentix::load
