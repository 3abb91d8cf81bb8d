// The way of a publication through the channels layer: from the publisher's command to every subscriber's peer.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "channels/dispatcher.h"
#include "channels/memory_broker.h"

namespace {

using namespace sentix;
using namespace sentix::channels;

// Does what core's outbox does at the least: it takes a share of the frame and lets go of the one before.
class NullPeer final : public Peer {
 public:
  void reply(protocol::SharedFrame) override {}
  void deliver(const protocol::SharedFrame& frame) override { last_ = frame; }
  void close(protocol::CloseCode, std::string_view) override {}
  void pause() override {}
  void resume() override {}
  void hold_back() override {}
  [[nodiscard]] std::string remote_address() const override { return "unix"; }

 private:
  protocol::SharedFrame last_;
};

// Keeps its capacity, so that only what the channels layer allocates is counted.
class VectorInbox final : public Inbox {
 public:
  void post(const Publication& publication) noexcept override { posts.push_back(publication); }
  void lose() noexcept override {}
  void post_task(SessionId, std::function<void(Session&)>) override {}
  [[nodiscard]] bool congested(std::size_t /*receivers*/) const override { return false; }
  [[nodiscard]] bool full() const override { return false; }

  std::vector<Publication> posts;
};

struct Client {
  NullPeer peer;
  Session session;
  explicit Client(std::uint64_t id) : session(SessionId{id}, peer) {}
};

struct Bench {
  Policy policy;
  Handlers handlers;
  ChannelRules rules;
  MemoryBroker broker;
  std::shared_ptr<VectorInbox> inbox = std::make_shared<VectorInbox>();
  Dispatcher dispatcher{policy, handlers, rules, broker, inbox};
  std::vector<std::unique_ptr<Client>> clients;
  Time now = Time() + std::chrono::hours(1);

  // The first client is the publisher, and a subscriber like all others.
  Bench(std::size_t subscribers, const ChannelOptions& options) {
    rules.define("general", options);
    for (std::size_t i = 0; i < subscribers; ++i) {
      Client& client = *clients.emplace_back(std::make_unique<Client>(i + 1));
      dispatcher.open(client.session, {});
      dispatcher.subscribe(client.session, "general", now);
    }
    inbox->posts.clear();
  }
  ~Bench() {
    for (const auto& client : clients) dispatcher.close(client->session, now);
  }

  void deliver() {
    for (const Publication& publication : inbox->posts) benchmark::DoNotOptimize(dispatcher.deliver(publication));
    inbox->posts.clear();
  }
};

constexpr std::string_view kPublish =
    R"({"type":"publish","channel":"general","data":{"text":"good morning, everybody"}})";

void publish(benchmark::State& state, const ChannelOptions& options) {
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  Bench bench(subscribers, options);
  Session& publisher = bench.clients.front()->session;
  for (auto _ : state) {
    bench.dispatcher.receive(publisher, kPublish, bench.now);
    bench.deliver();
  }
  const auto deliveries = static_cast<double>(state.iterations()) * static_cast<double>(subscribers);
  state.counters["per_delivery"] =
      benchmark::Counter(deliveries, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// A command from its text to every peer.
void publish_and_deliver(benchmark::State& state) {
  publish(state, {});
}
void publish_with_history(benchmark::State& state) {
  publish(state, {.persistent = true});
}

// Only the last step: one publication from the inbox to every peer.
void deliver_only(benchmark::State& state) {
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  Bench bench(subscribers, {});
  bench.dispatcher.receive(bench.clients.front()->session, kPublish, bench.now);
  const Publication publication = bench.inbox->posts.at(0);
  for (auto _ : state) benchmark::DoNotOptimize(bench.dispatcher.deliver(publication));
  const auto deliveries = static_cast<double>(state.iterations()) * static_cast<double>(subscribers);
  state.counters["per_delivery"] =
      benchmark::Counter(deliveries, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

BENCHMARK(publish_and_deliver)->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(publish_with_history)->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(deliver_only)->Arg(1)->Arg(100)->Arg(10'000);
