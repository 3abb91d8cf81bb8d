#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "channels/broker.h"
#include "core/admin/admin_context.h"

namespace sentix::core {

// The admin thread that asks the broker, and whose answer may come later: it is concluded there. The context outlives
// whatever its inbox runs.
template <class Result>
class AdminAsker final : public channels::Broker::Asker<Result> {
 public:
  using Conclusion = std::function<void(const Result&)>;

  AdminAsker(AdminContext& context, Conclusion conclude) : inbox_(context.inbox), conclude_(std::move(conclude)) {}

  [[nodiscard]] typename channels::Broker::Asker<Result>::Answer answer_later() const override {
    return [inbox = inbox_, conclude = conclude_](const Result& result) noexcept {
      try {
        inbox->post([conclude, result] { conclude(result); });
      } catch (...) {  // no memory: whoever asked will find that time has passed
      }
    };
  }

 private:
  const std::shared_ptr<AdminInbox> inbox_;
  const Conclusion conclude_;
};

}  // namespace sentix::core
