#include "tools/load/scenario.h"

#include "tools/load/connect_scenario.h"
#include "tools/load/echo_scenario.h"
#include "tools/load/fanout_scenario.h"
#include "tools/load/idle_scenario.h"
#include "tools/load/publish_scenario.h"

namespace sentix::load {

std::unique_ptr<Scenario> make_scenario(const Options& options, std::size_t index, Fleet& fleet) {
  const std::size_t connections = share(options.connections, options.threads, index);
  switch (options.scenario) {
    case ScenarioKind::echo:
      return std::make_unique<EchoScenario>(options, connections, fleet);
    case ScenarioKind::publish:
      return std::make_unique<PublishScenario>(options, connections, index, fleet);
    case ScenarioKind::fanout:
    case ScenarioKind::slow:
      return std::make_unique<FanoutScenario>(options, share(options.rooms, options.threads, index), index, fleet);
    case ScenarioKind::connect:
      return std::make_unique<ConnectScenario>(options, connections, fleet);
    case ScenarioKind::idle:
      break;
  }
  return std::make_unique<IdleScenario>(options, connections, fleet);
}

}  // namespace sentix::load
