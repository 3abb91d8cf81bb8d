#include "tools/sentix/succession.h"

#include <system_error>
#include <utility>
#include <vector>

#include "tools/sentix/environment.h"
#include "tools/sentix/socket_activation.h"

namespace sentix::tools {

Succession::Succession(const std::string& handover) {
  inherited_.listening = activated_sockets(process_environment());
  if (!inherited_.listening.empty() || handover.empty()) {
    return;
  }
  predecessor_ = core::Predecessor::at(handover);
  if (predecessor_) {
    inherited_ = {.listening = predecessor_->take_listening(), .with_path = true};
  }
  next_.emplace(handover);
}

void Succession::accepting(core::Server& server, const core::LogSink& log) {
  if (!next_) {
    return;
  }
  const auto succeeded = [&server, log] {
    log(core::LogLevel::info, "another process accepts from the listening sockets now; this one ends");
    server.stop_for_successor();
  };
  try {
    next_->start([&server] { return server.share_listening(); }, succeeded);
  } catch (const std::system_error& error) {
    log(core::LogLevel::error, error.what());  // it serves all the same
  }
  if (predecessor_) {
    predecessor_->retire();
  }
}

}  // namespace sentix::tools
