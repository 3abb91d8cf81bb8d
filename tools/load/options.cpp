#include "tools/load/options.h"

#include "tools/load/units.h"

namespace sentix::load {

namespace {

std::string over_connections(const Options& options) {
  return count_text(options.connections) + (options.connections == 1 ? " connection" : " connections");
}

std::string pace(const Options& options, const std::string& of_what) {
  return options.rate > 0 ? ", " + decimal_text(options.rate) + " " + of_what + " a second in all"
                          : ", " + count_text(options.in_flight) + " in flight each";
}

std::string described_rooms(const Options& options) {
  std::string text = "publications of " + size_text(options.bytes) + " in " + count_text(options.rooms) +
                     (options.rooms == 1 ? " room of " : " rooms of ") + count_text(options.subscribers) +
                     " subscribers";
  if (options.slow > 0) {
    text += ", " + count_text(options.slow) + " of which stop reading";
  }
  return text + (options.plain ? ", without the sentix protocol" : "") + pace(options, "publications");
}

}  // namespace

bool speaks_sentix(const Options& options) {
  switch (options.scenario) {
    case ScenarioKind::publish:
      return true;
    case ScenarioKind::fanout:
    case ScenarioKind::slow:
      return !options.plain;
    case ScenarioKind::idle:
      return options.subscribe;
    case ScenarioKind::echo:
    case ScenarioKind::connect:
      break;
  }
  return false;
}

std::string described(const Options& options) {
  const std::string message = size_text(options.bytes) + (options.binary ? " binary" : " text");
  switch (options.scenario) {
    case ScenarioKind::echo:
      return "echo of " + message + " over " + over_connections(options) + pace(options, "messages");
    case ScenarioKind::publish:
      return "publications of " + size_text(options.bytes) + " by " + over_connections(options) +
             pace(options, "publications");
    case ScenarioKind::fanout:
    case ScenarioKind::slow:
      return described_rooms(options);
    case ScenarioKind::connect:
      return "connections opened and closed, " + count_text(options.connections) + " at a time" +
             (options.rate > 0 ? ", " + decimal_text(options.rate) + " a second" : "");
    case ScenarioKind::idle:
      break;
  }
  return over_connections(options) + (options.subscribe ? ", subscribed to one channel" : "") + ", idle";
}

}  // namespace sentix::load
