#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tools/load/client.h"
#include "tools/load/fleet.h"
#include "tools/load/options.h"

namespace sentix::load {

// What the clients of one thread do. All methods run on that thread.
class Scenario : public ClientEvents {
 public:
  // Borrows both.
  Scenario(const Options& options, Fleet& fleet) : options_(options), fleet_(fleet) {}

  // How many connections it wants before the start.
  [[nodiscard]] virtual std::size_t clients() const = 0;

  // Has the next of them connected. Each that is where the scenario wants it is counted as ready.
  virtual void add_client() = 0;

  // All connections of all threads are ready.
  virtual void start() {}

  // Nothing is sent from now on; what comes may still be counted.
  virtual void stop() {}

  // Most scenarios want their connections to stay.
  void ended(Client& client, const std::string& how) override {
    if (!client.leaving()) {
      fleet_.meter().failed(how);
    }
  }

 protected:
  const Options& options_;
  Fleet& fleet_;
};

// The part of thread `index` of a run.
[[nodiscard]] std::unique_ptr<Scenario> make_scenario(const Options& options, std::size_t index, Fleet& fleet);

}  // namespace sentix::load
