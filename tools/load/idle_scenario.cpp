#include "tools/load/idle_scenario.h"

#include "tools/load/sentix_messages.h"

namespace sentix::load {

void IdleScenario::add_client() {
  fleet_.connect(fleet_.add(), options_.target, options_.target.path);
}

void IdleScenario::opened(Client& /*client*/) {
  if (!options_.subscribe) {
    fleet_.meter().ready.add();
  }
}

void IdleScenario::received(Client& client, std::span<std::byte> payload) {
  fleet_.meter().received.add();
  if (options_.subscribe) {
    enter(client, payload, channel_of_room(options_.channel, 0), fleet_.meter());
  }
}

}  // namespace sentix::load
