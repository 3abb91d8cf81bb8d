// What a publication costs in allocations, from the command to every peer.
#include "test/support/allocations.h"

#ifndef SENTIX_OPERATOR_NEW_IS_TAKEN
#include <doctest/doctest.h>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::World;

class NullPeer final : public Peer {
 public:
  void reply(protocol::SharedFrame) override { ++replies; }
  void deliver(const protocol::SharedFrame&) override { ++deliveries; }
  void close(protocol::CloseCode, std::string_view) override {}
  void pause() override {}
  void resume() override {}
  void hold_back() override {}
  [[nodiscard]] std::string remote_address() const override { return "unix"; }

  int replies = 0;
  int deliveries = 0;
};

// Has room for the publications of a test.
class RoomyInbox final : public Inbox {
 public:
  RoomyInbox() { posts.reserve(16); }
  void post(const Publication& publication) noexcept override { posts.push_back(publication); }
  void lose() noexcept override {}
  void post_task(SessionId, std::function<void(Session&)>) override {}
  [[nodiscard]] bool congested(std::size_t /*receivers*/) const override { return false; }
  [[nodiscard]] bool full() const override { return false; }

  std::vector<Publication> posts;
};

TEST_CASE("from the publisher's command to every subscriber only the message's frame is allocated") {
  World world;
  const auto inbox = std::make_shared<RoomyInbox>();
  Dispatcher dispatcher(world.policy, world.handlers, world.rules, world.broker, inbox);
  NullPeer peer;
  Session publisher(SessionId{1}, peer);
  Session subscriber(SessionId{2}, peer);
  publisher.set_principal(std::make_shared<const auth::Principal>(auth::Principal{"ann", {}, {}}));
  for (Session* const session : {&publisher, &subscriber}) {
    dispatcher.open(*session, {});
    dispatcher.subscribe(*session, "general", world.now);
  }
  const auto count = [&](std::string_view command) {
    const std::size_t before = sentix::test::allocations;
    dispatcher.receive(publisher, command, world.now);
    for (const Publication& publication : inbox->posts) dispatcher.deliver(publication);
    inbox->posts.clear();
    return sentix::test::allocations - before;
  };
  const std::string data(1000, '1');
  const std::string silent = R"({"type":"publish","channel":"general","data":)" + data + "}";
  const std::string answered = R"({"type":"publish","id":1,"channel":"general","data":)" + data + "}";
  count(silent);  // the decoder takes its memory once
  peer.deliveries = 0;
  peer.replies = 0;
  CHECK(count(silent) == 1);
  CHECK(count(answered) == 2);  // the answer is a frame of its own
  CHECK(peer.deliveries == 4);
  CHECK(peer.replies == 1);
  for (Session* const session : {&publisher, &subscriber}) dispatcher.close(*session, world.now);
}

}  // namespace
}  // namespace sentix::channels

#endif
