#pragma once

#include "core/application.h"

namespace sentix::core {

// Every message comes back: what `sentix echo` is for, and what conformance suites and benches talk to.
class EchoApplication final : public Application {
 public:
  void opened(Connection&, const std::optional<std::string>&) override {}
  void received(Connection& connection, const protocol::Incoming& message) override;
  void refused(Connection& connection, const protocol::Incoming& message, const auth::Excess& excess) override;
  void closed(Connection&) override {}
  std::size_t deliver(const channels::Publication&) override { return 0; }
  void reconfigure(const Options&) override {}
  [[nodiscard]] bool awaits_authentication(const Connection&) const override { return false; }
};

}  // namespace sentix::core
