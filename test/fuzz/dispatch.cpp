// Whatever two clients send, in whatever order: every answer is JSON with a type, both directions of the registry
// agree, and nothing is left behind when both have gone.
//
// The input is lines. "1..." and "2..." are messages of the two clients, "x1" and "x2" end one and begin another in its
// place, "t" lets ten seconds pass; of all others nothing comes.
#include <simdjson.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "protocol/utf8.h"
#include "test/channels/fakes.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix;
using sentix::test::require;
using namespace sentix::channels;
using channels::test::Client;
using channels::test::Worker;
using channels::test::World;

// {"user":U} is U, and whoever calls himself "late" is answered through the inbox.
class ByName final : public auth::Authenticator {
 public:
  void authenticate(const auth::Credentials& given, auth::AuthenticationDone done) override {
    const auto name = given.get("user");
    if (name == "late") return;
    const bool good = name && !name->empty();
    done(good ? std::make_shared<const auth::Principal>(auth::Principal{*name, {}, {}}) : nullptr);
  }
};

void configure(World& world) {
  world.policy.authenticator = std::make_shared<ByName>();
  world.policy.subscriptions_max = 4;
  world.rules.define(
      "h*", {.persistent = true, .presence = true, .history_size = 3, .history_ttl = std::chrono::seconds(25)});
  world.rules.define("p*", {.is_private = true, .publish = PublishRight::anyone});
  world.rules.define("s*", {.max_clients = 1, .publish = PublishRight::server, .auto_create = false});
  world.rules.define("s", {.auth = true, .presence = true});
  const auto drop_some = [](const Event& event) { return event.data == "\"drop\"" ? Verdict::drop : Verdict::pass; };
  world.handlers.on("message.received", drop_some);
  world.handlers.on("event.close", [](const Event& event) {
    event.session->peer().close(protocol::CloseCode::forbidden, "asked for");
    return Verdict::pass;
  });
}

// Numbers in `data` may be larger than simdjson takes; its grammar has been checked up to there.
void check_answers(Client& client) {
  simdjson::dom::parser parser;
  for (const std::string& text : client.take()) {
    simdjson::dom::element message;
    const auto error = parser.parse(text).get(message);
    if (error == simdjson::NUMBER_ERROR) continue;
    require(error == simdjson::SUCCESS);
    std::string_view type;
    require(message["type"].get(type) == simdjson::SUCCESS);
    if (type == "error") require(message["code"].is_string() && message["message"].is_string());
  }
  require(client.peer.pauses == 0);
}

void check_edges(const Client& client) {
  const auto listening = client.session.listening();
  require(listening.size() <= client.worker.world.policy.subscriptions_max);
  for (std::size_t place = 0; place < listening.size(); ++place) {
    const Subscription& other_end = listening[place].channel->subscriptions()[listening[place].place_in_channel];
    require(other_end.session == &client.session && other_end.place_in_session == place);
    require(client.worker.dispatcher.registry().find(client.session, listening[place].channel->name()) != nullptr);
  }
}

class Run {
 public:
  explicit Run(bool auth_enabled) {
    configure(world_);
    world_.policy.auth_enabled = auth_enabled;
    for (std::size_t i = 0; i < clients_.size(); ++i) begin(i);
  }

  void take(std::string_view line) {
    if (line == "x1" || line == "x2") {
      begin(line[1] == '1' ? 0 : 1);
    } else if (line == "t") {
      world_.now += std::chrono::seconds(10);
      world_.broker.expire(world_.now);
    } else if (!line.empty() && (line[0] == '1' || line[0] == '2')) {
      Client& client = *clients_[line[0] == '1' ? 0 : 1];
      if (!client.peer.closed) client.send(line.substr(1));
    }
    for (const auto& client : clients_) {
      check_answers(*client);
      check_edges(*client);
    }
  }

  void end() {
    for (auto& client : clients_) client.reset();
    for (const Worker& worker : workers_) require(worker.dispatcher.registry().channel_count() == 0);
    world_.broker.expire(world_.now + std::chrono::hours(1));
    require(world_.broker.channel_count() == 0);
  }

 private:
  void begin(std::size_t i) {
    clients_[i].reset();
    clients_[i] = std::make_unique<Client>(workers_[i]);
  }

  World world_;
  std::array<Worker, 2> workers_{Worker(world_), Worker(world_)};
  std::array<std::unique_ptr<Client>, 2> clients_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Run run(!input.empty() && input[0] == 'a');
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(line.size() < input.size() ? line.size() + 1 : input.size());
    if (protocol::valid_utf8(std::as_bytes(std::span(line)))) run.take(line);
  }
  run.end();
  return 0;
}
