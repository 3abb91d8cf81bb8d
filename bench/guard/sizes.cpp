// What a connection takes: the size of each object that every one has, and what the heap holds for it in the states
// that it can wait in.
#include <malloc.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/guard/guard.h"
#include "channels/registry.h"
#include "core/connection.h"
#include "core/worker.h"
#include "protocol/client_frame.h"
#include "protocol/message_reader.h"

namespace sentix::bench_guard {
namespace {

void print(const char* name, std::size_t bytes) {
  std::printf("%s\t%zu\n", name, bytes);
}

// What the heap holds more of after making `kCount` of something, for each.
template <std::size_t kCount, class Make>
std::size_t heap_bytes_each(Make&& make) {
  const std::size_t before = ::mallinfo2().uordblks;
  for (std::size_t i = 0; i < kCount; ++i) {
    make(i);
  }
  return (::mallinfo2().uordblks - before) / kCount;
}

class NoPeer final : public channels::Peer {
 public:
  void reply(protocol::SharedFrame) override {}
  void deliver(const protocol::SharedFrame&) override {}
  void close(protocol::CloseCode, std::string_view) override {}
  void pause() override {}
  void resume() override {}
  void hold_back() override {}
  [[nodiscard]] std::string remote_address() const override { return "unix"; }
};

std::size_t subscriptions(std::size_t of_each) {
  constexpr std::size_t kSessions = 1024;
  NoPeer peer;
  std::vector<std::unique_ptr<channels::Session>> sessions;
  for (std::size_t i = 0; i < kSessions; ++i) {
    sessions.push_back(std::make_unique<channels::Session>(static_cast<channels::SessionId>(i + 1), peer));
  }
  channels::Registry registry;
  const std::size_t bytes = heap_bytes_each<kSessions>([&](std::size_t i) {
    for (std::size_t channel = 0; channel < of_each; ++channel) {
      registry.add(*sessions[i], std::to_string(channel), channel + 1, 0, false);
    }
  });
  for (const auto& session : sessions) {
    for (std::size_t channel = 0; channel < of_each; ++channel) {
      registry.remove(*session, *registry.find(std::to_string(channel)));
    }
  }
  return bytes;
}

std::size_t cut_frame() {
  constexpr std::size_t kReaders = 64;
  static constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = 1 << 20, .message_bytes_max = 1 << 20};
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, protocol::Opcode::text, true, {}, std::as_bytes(std::span("hello", 5)));
  std::vector<std::unique_ptr<protocol::MessageReader>> readers;
  for (std::size_t i = 0; i < kReaders; ++i) {
    readers.push_back(std::make_unique<protocol::MessageReader>(protocol::Role::server, kLimits));
  }
  return heap_bytes_each<kReaders>([&](std::size_t i) {
    std::vector<std::byte> part(frame.begin(), frame.begin() + 3);
    std::span<std::byte> input(part);
    use(readers[i]->next(input));
  });
}

}  // namespace

void print_sizes() {
  print("connection", sizeof(core::Connection));
  print("of it libuv's handle", sizeof(uv_poll_t));
  print("of it the session", sizeof(channels::Session));
  print("of it the message reader", sizeof(protocol::MessageReader));
  print("of it the stream", sizeof(core::Stream));
  print("of it the outbox", sizeof(core::Outbox));
  print("heap of a subscription, of one", subscriptions(1));
  print("heap of four subscriptions", subscriptions(4));
  print("heap while a header is cut", cut_frame());
  print("a waiting piece", sizeof(core::OutboxPiece));
  print("the queue of waiting pieces", sizeof(core::OutboxQueue));
  print("a post in a mailbox", sizeof(core::Mailbox::Post));
}

}  // namespace sentix::bench_guard
