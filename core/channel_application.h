#pragma once

#include <memory>

#include "channels/dispatcher.h"
#include "core/application.h"
#include "core/mailbox.h"
#include "core/options.h"

namespace sentix::core {

struct Shared;

// sentix protocol 1: messages are commands, and connections are sessions that subscribe and publish.
class ChannelApplication final : public Application {
 public:
  // `shared` outlives it. `mailbox` is the worker's own.
  ChannelApplication(Shared& shared, const Options& options, std::shared_ptr<Mailbox> mailbox);

  void opened(Connection& connection, const std::optional<std::string>& credential) override;
  void received(Connection& connection, const protocol::Incoming& message) override;
  void refused(Connection& connection, const protocol::Incoming& message, const auth::Excess& excess) override;
  void closed(Connection& connection) override;
  void reconfigure(const Options& options) override { policy_ = options.policy; }
  std::size_t deliver(const channels::Publication& publication) override { return dispatcher_.deliver(publication); }
  [[nodiscard]] bool awaits_authentication(const Connection& connection) const override;

  [[nodiscard]] channels::Dispatcher& dispatcher() { return dispatcher_; }

 private:
  channels::Policy policy_;  // the worker's own, so that it changes between two messages
  channels::Dispatcher dispatcher_;
};

}  // namespace sentix::core
