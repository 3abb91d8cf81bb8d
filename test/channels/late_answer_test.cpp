#include "channels/late_answer.h"

#include <doctest/doctest.h>

#include <functional>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using test::Client;
using test::field;
using test::Texts;
using test::Worker;
using test::World;

// A broker elsewhere: what is asked of it reaches a MemoryBroker, and is answered, when it is told to work.
class FarBroker final : public Broker {
 public:
  explicit FarBroker(Broker& near) : near_(near) {}

  void work() {
    for (const auto& task : std::exchange(tasks_, {})) task();
  }

  Subscribed subscribe(const Subscribing& request) override {
    const std::string channel(request.channel);
    tasks_.emplace_back(
        [this, channel, request, rule = request.rule, member = request.member, answer = request.asker->answer_later()] {
          const Subscribing again{.channel = channel,
                                  .rule = rule,
                                  .inbox = request.inbox,
                                  .session = request.session,
                                  .member = member,
                                  .since = request.since,
                                  .now = request.now,
                                  .again = request.again};
          answer(down ? Subscribed{.outcome = Subscribed::Outcome::unavailable} : near_.subscribe(again));
        });
    return {.outcome = Subscribed::Outcome::later};
  }
  void unsubscribe(std::string_view channel, Inbox& inbox, SessionId session, Time now) noexcept override {
    tasks_.emplace_back(
        [this, name = std::string(channel), &inbox, session, now] { near_.unsubscribe(name, inbox, session, now); });
  }
  Published publish(const Publishing& request) override {
    tasks_.emplace_back([this, channel = std::string(request.channel), rule = request.rule,
                         data = std::string(request.data), now = request.now, answer = request.author->answer_later()] {
      answer(down ? Published{.outcome = Published::Outcome::unknown}
                  : near_.publish({.channel = channel, .rule = rule, .data = data, .now = now}));
    });
    return {.outcome = Published::Outcome::later};
  }
  std::optional<Read> history(const Reading& request) override {
    tasks_.emplace_back([this, channel = std::string(request.channel), rule = request.rule, limit = request.limit,
                         now = request.now, answer = request.asker->answer_later()] {
      Read unavailable;
      unavailable.answered = Answered::unavailable;
      answer(down ? unavailable : near_.history({.channel = channel, .rule = rule, .limit = limit, .now = now}));
    });
    return Read{.top = {}, .entries = {}, .answered = Answered::later};
  }
  std::optional<Members> members(std::string_view channel, const ChannelRules::Rule& rule, std::size_t members_max,
                                 const Asker<std::optional<Members>>* asker) override {
    tasks_.emplace_back([this, name = std::string(channel), rule, members_max, answer = asker->answer_later()] {
      answer(near_.members(name, rule, members_max));
    });
    Members later;
    later.answered = Answered::later;
    return later;
  }
  bool wait_turn(std::string_view /*channel*/, const Author& author) override {
    tasks_.emplace_back([answer = author.answer_later()] { answer({}); });
    return true;
  }
  Subscribed::Outcome listen_in(std::string_view channel, const ChannelRules::Rule& rule,
                                const std::shared_ptr<Inbox>& inbox, Time now) override {
    return near_.listen_in(channel, rule, inbox, now);
  }
  void ignore(std::string_view channel, const std::shared_ptr<Inbox>& inbox, Time now) noexcept override {
    near_.ignore(channel, inbox, now);
  }
  bool signal(std::string_view channel, const protocol::SharedFrame& frame, SessionId except) override {
    return near_.signal(channel, frame, except);
  }
  bool has(std::string_view channel) override { return near_.has(channel); }
  std::vector<Listed> list(std::string_view prefix, std::string_view after, std::size_t limit) override {
    return near_.list(prefix, after, limit);
  }
  [[nodiscard]] std::size_t channel_count() const override { return near_.channel_count(); }
  [[nodiscard]] std::size_t channels_max() const override { return near_.channels_max(); }
  void set_channels_max(std::size_t channels_max) override { near_.set_channels_max(channels_max); }
  void tell_leaves(Time now) noexcept override { near_.tell_leaves(now); }
  void expire(Time now) override { near_.expire(now); }
  [[nodiscard]] bool congested() const override { return false; }
  [[nodiscard]] std::string problem() const override { return {}; }

  bool down = false;

 private:
  Broker& near_;
  std::vector<std::function<void()>> tasks_;
};

struct Far {
  World world;
  FarBroker broker{world.broker};
  Worker worker{world, broker};
  Client client{worker};

  Far() { world.rules.define("a", {.persistent = true, .presence = true}); }
  ~Far() {
    client.close();
    broker.work();
  }

  // What the client gets when the broker has worked.
  Texts ask(std::string_view text) {
    client.send(text);
    CHECK(client.peer.pauses == 1);
    CHECK(client.peer.texts.empty());
    broker.work();
    Texts texts = client.take();
    CHECK(client.peer.pauses == 0);
    return texts;
  }
  std::string answer(std::string_view text) {
    const Texts texts = ask(text);
    return texts.size() == 1 ? texts[0] : std::to_string(texts.size()) + " answers";
  }
};

constexpr std::string_view kSubscribe = R"({"type":"subscribe","id":"s","channel":"a"})";
constexpr std::string_view kHistory = R"({"type":"history","id":2,"channel":"a"})";

TEST_CASE("a client is paused until a far broker has let it in, and told then") {
  Far far;
  const std::string reply = far.answer(kSubscribe);
  CHECK(field(reply, "type") == "subscribed");
  CHECK(field(reply, "id") == "s");
  CHECK(field(reply, "offset") == "0");
  CHECK(far.worker.dispatcher.registry().channel_count() == 1);
  far.client.send(R"({"type":"publish","id":3,"channel":"a","data":1})");
  CHECK(far.client.peer.pauses == 0);  // publications follow each other without waiting
  far.broker.work();
  CHECK(far.client.take() == Texts{R"({"type":"message","channel":"a","data":1,"offset":1})",
                                   R"({"type":"published","id":3,"channel":"a","offset":1})"});
}

TEST_CASE("who asks a far broker again is told where it is, and what it keeps and who is there") {
  Far far;
  far.ask(kSubscribe);
  CHECK(field(far.answer(kSubscribe), "type") == "subscribed");
  CHECK(far.world.broker.list("", "", 1).front().clients == 1);
  CHECK(field(far.answer(kHistory), "messages") == "[]");
  CHECK(field(far.answer(R"({"type":"presence","id":4,"channel":"a"})"), "members") != "[]");
}

TEST_CASE("what a far broker cannot do is refused, and the client goes on") {
  Far far;
  far.broker.down = true;
  CHECK(field(far.answer(kSubscribe), "code") == "internal");
  CHECK(field(far.answer(kHistory), "code") == "internal");
  far.broker.down = false;
  CHECK(field(far.answer(kSubscribe), "type") == "subscribed");
  far.broker.down = true;
  far.client.send(R"({"type":"publish","id":3,"channel":"a","data":1})");
  far.broker.work();
  CHECK(field(far.client.take().at(0), "code") == "internal");
}

TEST_CASE("who goes before a far broker has answered is taken back") {
  for (const bool answered : {false, true}) {
    Far far;
    far.client.send(kSubscribe);
    if (answered) far.broker.work();  // but the answer is still in the inbox
    far.client.close();
    far.broker.work();
    far.client.take();
    CHECK(far.worker.dispatcher.registry().channel_count() == 0);
    CHECK(far.world.broker.list("", "", 9).empty() == false);  // it is persistent
    CHECK(far.world.broker.list("", "", 9).front().clients == 0);
  }
}

TEST_CASE("the server's own acts come after each other as well") {
  Far far;
  CHECK(far.worker.dispatcher.subscribe(far.client.session, "a", far.world.now));
  CHECK(far.worker.dispatcher.subscribe(far.client.session, "a", far.world.now));  // on its way already
  CHECK(far.worker.dispatcher.unsubscribe(far.client.session, "a", far.world.now));
  far.broker.work();
  const Texts texts = far.client.take();
  REQUIRE(texts.size() == 2);
  CHECK(field(texts[0], "type") == "subscribed");
  CHECK(field(texts[1], "type") == "unsubscribed");
  CHECK(far.client.peer.pauses == 0);
}

}  // namespace
}  // namespace sentix::channels
