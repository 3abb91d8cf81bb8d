// One delivery: a publication into one of a hundred subscribers' outboxes, and out again as written.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/guard/guard.h"
#include "channels/registry.h"
#include "core/outbox.h"

namespace sentix::bench_guard {
namespace {

constexpr std::size_t kSubscribers = 100;
constexpr channels::Incarnation kIncarnation = 1;
constexpr std::string_view kMessage = R"({"type":"message","channel":"general","data":"hello"})";

// A connection without a socket.
class OutboxPeer final : public channels::Peer {
 public:
  explicit OutboxPeer(core::OutboxPool& pool) : pool_(pool) {}

  void deliver(const protocol::SharedFrame& frame) override { outbox_.push(pool_, frame); }
  void flush() {
    iovec vectors[4];
    require(outbox_.gather(vectors, SIZE_MAX) == 1, "there is not one frame to write");
    outbox_.consume(pool_, outbox_.bytes());
  }

  void reply(protocol::SharedFrame) override {}
  void close(protocol::CloseCode, std::string_view) override {}
  void pause() override {}
  void resume() override {}
  void hold_back() override {}
  [[nodiscard]] std::string remote_address() const override { return "unix"; }

 private:
  core::OutboxPool& pool_;
  core::Outbox outbox_;
};

struct Subscriber {
  Subscriber(core::OutboxPool& pool, std::size_t number)
      : peer(pool), session(static_cast<channels::SessionId>(number), peer) {}

  OutboxPeer peer;
  channels::Session session;
};

void deliver(std::uint64_t operations) {
  core::OutboxPool pool;
  const channels::ChannelRules rules;
  std::deque<Subscriber> subscribers;
  channels::Registry registry;
  for (std::size_t i = 1; i <= kSubscribers; ++i) {
    Subscriber& subscriber = subscribers.emplace_back(pool, i);
    registry.add(subscriber.session, "general", kIncarnation, 0, true);
  }

  channels::Publication publication;
  publication.frame = protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(kMessage)));
  publication.incarnation = kIncarnation;
  for (std::uint64_t done = 0; done < operations; done += kSubscribers) {
    ++publication.sequence;
    require(registry.deliver(publication) == kSubscribers, "not everybody got it");
    for (Subscriber& subscriber : subscribers) {
      subscriber.peer.flush();
    }
  }

  for (Subscriber& subscriber : subscribers) {
    registry.remove(subscriber.session, *registry.find("general"));
  }
}

}  // namespace

void add_fan_out_cases(std::vector<Case>& cases) {
  cases.push_back({"delivery", deliver});
}

}  // namespace sentix::bench_guard
