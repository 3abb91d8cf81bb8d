#include "tools/load/shard.h"

#include <exception>

namespace sentix::load {

Shard::Shard(const Options& options, std::size_t index)
    : fleet_(options, meter_), scenario_(make_scenario(options, index, fleet_)), clients_(scenario_->clients()) {
  fleet_.tell(*scenario_);
  wake_.data = this;
  uv_async_init(&fleet_.loop(), &wake_, [](uv_async_t* handle) { static_cast<Shard*>(handle->data)->act(); });
  thread_ = std::thread([this] { uv_run(&fleet_.loop(), UV_RUN_DEFAULT); });
}

Shard::~Shard() {
  proceed(Step::leave);
  thread_.join();
}

void Shard::open(std::size_t wanted) {
  wanted_ = wanted;
  uv_async_send(&wake_);
}

void Shard::proceed(Step step) {
  told_ = step;
  uv_async_send(&wake_);
}

void Shard::act() {
  try {
    for (; opened_ < wanted_ && told_ == Step::connect; ++opened_) {
      scenario_->add_client();
    }
    while (reached_ < told_) {
      reached_ = static_cast<Step>(static_cast<unsigned>(reached_) + 1);
      enter(reached_);
    }
  } catch (const std::exception& error) {  // must not cross the loop
    meter_.failed(error.what());
  }
}

void Shard::enter(Step step) {
  switch (step) {
    case Step::connect:
      return;
    case Step::run:
      if (told_ == Step::run) {  // else it is over before it began
        scenario_->start();
      }
      return;
    case Step::stop:
      scenario_->stop();
      return;
    case Step::close:
      fleet_.close_all();
      return;
    case Step::leave:
      fleet_.abort_all();
      uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
      return;
  }
}

}  // namespace sentix::load
