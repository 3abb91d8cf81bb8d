#include "tools/load/connect_scenario.h"

namespace sentix::load {

ConnectScenario::ConnectScenario(const Options& options, std::size_t slots, Fleet& fleet)
    : Scenario(options, fleet), began_(slots) {
  for (std::size_t i = 0; i < slots; ++i) {
    free_.push_back(&fleet.add());
  }
}

void ConnectScenario::start() {
  running_ = true;
  if (options_.rate > 0 && !free_.empty()) {
    pacer_.emplace(fleet_.loop(), options_.rate / static_cast<double>(options_.threads), [this](std::uint64_t time) {
      due_.push_back(time);
      begin_what_is_due();
    });
    pacer_->start();
    return;
  }
  while (!free_.empty()) {
    Client& client = *free_.back();
    free_.pop_back();
    begin(client, now());
  }
}

void ConnectScenario::stop() {
  running_ = false;
  if (pacer_) {
    pacer_->stop();
  }
}

void ConnectScenario::opened(Client& client) {
  const std::uint64_t time = now();
  fleet_.meter().latency.record(time - std::min(time, began_[client.index()]));
  fleet_.meter().received.add();
  client.close(protocol::CloseCode::normal);
}

void ConnectScenario::ended(Client& client, const std::string& how) {
  Scenario::ended(client, how);
  if (!running_) {
    return;
  }
  if (options_.rate > 0) {
    free_.push_back(&client);
    begin_what_is_due();
  } else {
    begin(client, now());
  }
}

void ConnectScenario::begin(Client& client, std::uint64_t time) {
  began_[client.index()] = time;
  fleet_.meter().sent.add();
  fleet_.connect(client, options_.target, options_.target.path);
}

void ConnectScenario::begin_what_is_due() {
  while (!due_.empty() && !free_.empty()) {
    Client& client = *free_.back();
    free_.pop_back();
    begin(client, due_.front());
    due_.pop_front();
  }
}

}  // namespace sentix::load
