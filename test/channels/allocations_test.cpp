// What a publication costs in allocations, counted by replacing the global operator new of this test binary. The
// sanitizers have replaced it already, so they go without this test.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SENTIX_OPERATOR_NEW_IS_TAKEN 1
#endif
#endif

#ifndef SENTIX_OPERATOR_NEW_IS_TAKEN
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "test/channels/fakes.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* const memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

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
  [[nodiscard]] bool congested() const override { return false; }

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
    const std::size_t before = allocations;
    dispatcher.receive(publisher, command, world.now);
    for (const Publication& publication : inbox->posts) dispatcher.deliver(publication);
    inbox->posts.clear();
    return allocations - before;
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
