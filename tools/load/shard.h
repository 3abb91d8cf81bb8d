#pragma once

#include <uv.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include "tools/load/fleet.h"
#include "tools/load/meter.h"
#include "tools/load/options.h"
#include "tools/load/scenario.h"

namespace sentix::load {

// One thread of the load: a fleet and what it does. Shards share nothing; another thread leads all of them through the
// same steps and looks at their meters.
class Shard {
 public:
  // What it has been told to do, in this order.
  enum class Step : std::uint8_t {
    connect,  // as many connections as open() says
    run,      // the scenario
    stop,     // send nothing more
    close,    // end the connections in order
    leave,    // end those that are left at once, and the thread
  };

  // Starts the thread. Borrows the options.
  Shard(const Options& options, std::size_t index);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard();  // leaves, and waits for the thread

  // How many connections the scenario wants before it runs.
  [[nodiscard]] std::size_t clients() const { return clients_; }

  // Has `wanted` connections opened in all.
  void open(std::size_t wanted);

  // Goes on to a later step.
  void proceed(Step step);

  [[nodiscard]] const Meter& meter() const { return meter_; }

 private:
  void act();
  void enter(Step step);

  Meter meter_;
  Fleet fleet_;
  std::unique_ptr<Scenario> scenario_;
  std::size_t clients_;
  uv_async_t wake_{};
  std::atomic<std::size_t> wanted_{0};
  std::atomic<Step> told_{Step::connect};
  std::size_t opened_ = 0;       // of the shard's thread
  Step reached_{Step::connect};  // of the shard's thread
  std::thread thread_;
};

}  // namespace sentix::load
