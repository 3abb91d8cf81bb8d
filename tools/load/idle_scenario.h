#pragma once

#include "tools/load/scenario.h"

namespace sentix::load {

// Connections that are opened, subscribe where asked to, and then only answer pings.
class IdleScenario final : public Scenario {
 public:
  IdleScenario(const Options& options, std::size_t clients, Fleet& fleet)
      : Scenario(options, fleet), clients_(clients) {}

  [[nodiscard]] std::size_t clients() const override { return clients_; }
  void add_client() override;

 private:
  void opened(Client& client) override;
  void received(Client& client, std::span<std::byte> payload) override;
  void caught_up(Client& /*client*/) override {}

  std::size_t clients_;
};

}  // namespace sentix::load
