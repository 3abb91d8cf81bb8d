#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "channels/dispatcher.h"
#include "channels/memory_broker.h"
#include "test/support/json_field.h"

// Stand-ins for what core gives to the channels layer, and a small world to try them in: workers without threads,
// clients without sockets, a clock that is moved by hand.
namespace sentix::channels::test {

inline std::string text_of(const protocol::SharedFrame& frame) {
  const auto payload = frame.payload();
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

inline std::string field(std::string_view json, std::string_view key) {
  return sentix::test::json_field(json, key);
}

// Keeps everything that it was handed, in order.
class RecordingPeer final : public Peer {
 public:
  struct Closed {
    protocol::CloseCode code;
    std::string reason;
  };

  void reply(protocol::SharedFrame frame) override {
    if (!closed) texts.push_back(text_of(frame));
  }
  void deliver(const protocol::SharedFrame& frame) override {
    if (!closed) texts.push_back(text_of(frame));
  }
  void close(protocol::CloseCode code, std::string_view reason) override {
    if (!closed) closed = Closed{code, std::string(reason)};
  }
  void pause() override { ++pauses; }
  void resume() override { --pauses; }
  void hold_back() override { ++held_back; }
  [[nodiscard]] std::string remote_address() const override { return "192.0.2.1:4711"; }

  std::vector<std::string> texts;
  std::optional<Closed> closed;
  int pauses = 0;
  int held_back = 0;
};

// A worker's mailbox: a list that somebody empties when it suits the test.
class ListInbox final : public Inbox {
 public:
  struct Task {
    SessionId session;
    std::function<void(Session&)> run;
  };
  using Post = std::variant<Publication, Task>;

  void post(const Publication& publication) noexcept override {
    const std::lock_guard lock(mutex_);
    posts_.emplace_back(publication);
  }
  void lose() noexcept override { lost = true; }
  void post_task(SessionId session, std::function<void(Session&)> task) override {
    const std::lock_guard lock(mutex_);
    posts_.emplace_back(Task{session, std::move(task)});
  }
  [[nodiscard]] bool congested(std::size_t /*receivers*/) const override { return is_congested; }
  [[nodiscard]] bool full() const override { return is_full; }

  std::deque<Post> take_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(posts_, {});
  }

  bool is_congested = false;
  std::atomic<bool> is_full{false};
  bool lost = false;

 private:
  std::mutex mutex_;
  std::deque<Post> posts_;
};

// What all workers share.
struct World {
  Policy policy;
  Handlers handlers;
  ChannelRules rules;
  MemoryBroker broker;
  Time now = Time() + std::chrono::hours(1000);
  std::uint64_t last_session = 0;

  explicit World(std::size_t channels_max = MemoryBroker::kChannelsMaxDefault) : broker(channels_max) {}

  void publish(std::string_view channel, std::string_view data) {
    broker.publish({.channel = channel, .rule = rules.find(channel), .data = data, .now = now});
  }
};

struct Client;

struct Worker {
  World& world;
  std::shared_ptr<ListInbox> inbox = std::make_shared<ListInbox>();
  Dispatcher dispatcher;
  std::vector<Session*> sessions = {};

  explicit Worker(World& shared) : Worker(shared, shared.broker) {}
  Worker(World& shared, Broker& broker)
      : world(shared), dispatcher(shared.policy, shared.handlers, shared.rules, broker, inbox) {}

  // Handles what is in the inbox, and what that brings into it.
  void drain() {
    for (auto posts = inbox->take_all(); !posts.empty(); posts = inbox->take_all()) {
      for (const ListInbox::Post& post : posts) take(post);
    }
  }

 private:
  void take(const ListInbox::Post& post) {
    if (const auto* const publication = std::get_if<Publication>(&post)) {
      dispatcher.deliver(*publication);
      return;
    }
    const auto& task = std::get<ListInbox::Task>(post);
    for (Session* const session : std::vector<Session*>(sessions)) {
      if (session->id() == task.session) task.run(*session);
    }
  }
};

struct Client {
  Worker& worker;
  RecordingPeer peer;
  Session session;

  // Opened, and with the welcome taken.
  explicit Client(Worker& on, std::string_view credential = {}, bool open = true)
      : worker(on), session(SessionId{++on.world.last_session}, peer) {
    worker.sessions.push_back(&session);
    if (!open) return;
    worker.dispatcher.open(session, credential);
    take();
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view text) { worker.dispatcher.receive(session, text, worker.world.now); }

  // What has come since the last time, the inbox of its worker drained first.
  std::vector<std::string> take() {
    worker.drain();
    return std::exchange(peer.texts, {});
  }

  std::vector<std::string> ask(std::string_view text) {
    send(text);
    return take();
  }

  // The one answer to a command; "" where there is none or more than one.
  std::string answer(std::string_view text) {
    const std::vector<std::string> answers = ask(text);
    return answers.size() == 1 ? answers[0] : std::string();
  }
  std::string error(std::string_view text) {
    const std::string reply = answer(text);
    return field(reply, "type") == "error" ? field(reply, "code") : "no error";
  }

  void close() {
    worker.dispatcher.close(session, worker.world.now);
    std::erase(worker.sessions, &session);
  }
};

using Texts = std::vector<std::string>;

}  // namespace sentix::channels::test
