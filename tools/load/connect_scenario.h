#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "tools/load/pacer.h"
#include "tools/load/scenario.h"

namespace sentix::load {

// Connections that are opened and closed again, over and over. The latency is that of connect() and handshake, and
// counts from when the connection was begun, or was due.
//
// Closed loop: so many at a time. Open loop: one is begun when it is due, as long as fewer than that many are there;
// what is due when all are waits, and its time runs.
class ConnectScenario final : public Scenario {
 public:
  ConnectScenario(const Options& options, std::size_t slots, Fleet& fleet);

  [[nodiscard]] std::size_t clients() const override { return 0; }  // none before the start
  void add_client() override {}
  void start() override;
  void stop() override;
  void ended(Client& client, const std::string& how) override;

 private:
  void opened(Client& client) override;
  void received(Client& /*client*/, std::span<std::byte> /*payload*/) override {}
  void caught_up(Client& /*client*/) override {}
  void begin(Client& client, std::uint64_t time);
  void begin_what_is_due();

  std::vector<std::uint64_t> began_;  // by the clients' index
  std::vector<Client*> free_;
  std::deque<std::uint64_t> due_;  // of an open loop: when
  std::optional<Pacer> pacer_;
  bool running_ = false;
};

}  // namespace sentix::load
