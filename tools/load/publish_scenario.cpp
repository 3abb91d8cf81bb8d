#include "tools/load/publish_scenario.h"

#include "tools/load/sentix_messages.h"

namespace sentix::load {

PublishScenario::PublishScenario(const Options& options, std::size_t clients, std::size_t thread, Fleet& fleet)
    : Scenario(options, fleet), clients_(clients), thread_(thread), loop_(options, fleet) {}

void PublishScenario::add_client() {
  Client& client = fleet_.add();
  loop_.add(repeated(publish_frame(channel_of(client.index()), json_string(options_.bytes), true), options_.in_flight));
  fleet_.connect(client, options_.target, options_.target.path);
}

void PublishScenario::received(Client& client, std::span<std::byte> payload) {
  if (type_of(payload) == "published") {
    loop_.answered(client, 1);
  } else {
    enter(client, payload, channel_of(client.index()), fleet_.meter());
  }
}

std::string PublishScenario::channel_of(std::size_t client) const {
  return channel_of_room(options_.channel, client * options_.threads + thread_);
}

}  // namespace sentix::load
