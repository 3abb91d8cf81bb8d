#pragma once

#include <optional>
#include <string>

#include "core/handover.h"
#include "core/listening_socket.h"
#include "core/log.h"
#include "core/server.h"

namespace sentix::tools {

// Where a process has its listening sockets from, and to whom they go: a service manager opened them and keeps them
// (socket_activation.h), or the process before this one hands them over, and this one to the next, where the setting
// `handover` names a path (core/handover.h). Where neither is so, the server opens its own.
class Succession {
 public:
  // Takes what there is to take. Throws std::exception with a sentence.
  explicit Succession(const std::string& handover);

  // Before the server runs.
  void pass_to(core::Server& server) { server.inherit(std::move(inherited_)); }

  // Once the server accepts, which outlives this: the process before this one ends, and the next one may come.
  void accepting(core::Server& server, const core::LogSink& log);

 private:
  core::InheritedSockets inherited_;
  std::optional<core::Predecessor> predecessor_;
  std::optional<core::HandoverListener> next_;
};

}  // namespace sentix::tools
