// What durability costs: publications to one channel, so many under way at one time, until all of them are answered.
#ifdef SENTIX_SQLITE
#include <benchmark/benchmark.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "channels/memory_broker.h"
#include "core/sqlite/sqlite_database.h"
#include "core/storage.h"
#include "test/support/temporary_folder.h"

namespace {

using namespace sentix;
using channels::Broker;
using channels::ChannelOptions;
using channels::Durability;

// Counts those that are not answered yet.
class Counting final : public Broker::Author {
 public:
  [[nodiscard]] Broker::Answer answer_later() const override {
    waiting.fetch_add(1);
    return [this](const Broker::Published&) { waiting.fetch_sub(1); };
  }
  mutable std::atomic<std::int64_t> waiting{0};
};

void publish(benchmark::State& state, Durability durability) {
  const test::TemporaryFolder folder;
  core::Storage storage(64 << 20, {});
  channels::MemoryBroker broker(100, 1 << 30, &storage);
  storage.start(std::make_unique<core::SqliteDatabase>(folder.path("data")), broker);
  const channels::ChannelRules::Rule rule{
      std::make_shared<const ChannelOptions>(ChannelOptions{.persistent = true, .durability = durability}), true};
  const Counting author;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      broker.publish({.channel = "general",
                      .rule = rule,
                      .data = R"({"text":"good morning, everybody"})",
                      .now = channels::Time::clock::now(),
                      .author = &author});
    }
    while (author.waiting > 0) std::this_thread::yield();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  storage.stop();
}

void publish_memory(benchmark::State& state) {
  publish(state, Durability::memory);
}
void publish_written(benchmark::State& state) {
  publish(state, Durability::written);
}
void publish_synced(benchmark::State& state) {
  publish(state, Durability::synced);
}

}  // namespace

BENCHMARK(publish_memory)->Arg(1)->Arg(64)->Arg(4096)->UseRealTime();
BENCHMARK(publish_written)->Arg(1)->Arg(64)->Arg(4096)->UseRealTime();
BENCHMARK(publish_synced)->Arg(1)->Arg(64)->Arg(4096)->UseRealTime();
#endif
