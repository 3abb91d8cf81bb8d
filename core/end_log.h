#pragma once

#include <string>
#include <string_view>

#include "core/ending.h"
#include "core/log.h"
#include "core/options.h"

namespace sentix::core {

// Whose connection it was.
struct Ended {
  std::string connection;      // the id, as the client has it from `welcome`
  std::string address;         // 192.0.2.1:4711
  std::string_view user = {};  // empty: not authenticated
  bool admitted = false;       // it was a client, not a stranger that was turned away
};

// Logs one end: `c01… from 192.0.2.1:4711 has ended: no_pong 4201 (no answer to a ping: pong_timeout is 20000 ms)`, and
// the same in fields: connection, address, user, code, sentence, and where a limit was met setting, limit and its unit.
void log_end(const LogSink& log, const Ended& who, const End& end, const Options& options);

}  // namespace sentix::core
