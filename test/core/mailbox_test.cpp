#include "core/mailbox.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace sentix;
using core::Mailbox;

namespace {

channels::Publication publication(std::uint64_t sequence) {
  const std::string_view text = "payload";
  return {.frame = protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(text))),
          .incarnation = 1,
          .sequence = sequence};
}

std::vector<std::uint64_t> drain_all(Mailbox& mailbox) {
  std::vector<std::uint64_t> sequences;
  while (mailbox.drain_one(
      [&](Mailbox::Post& post) { sequences.push_back(std::get<channels::Publication>(post).sequence); })) {
  }
  return sequences;
}

}  // namespace

TEST_CASE("posts come out in the order in which they went in, one at a time") {
  Mailbox mailbox(1 << 20);
  CHECK_FALSE(mailbox.waiting());
  for (std::uint64_t i = 1; i <= 5; ++i) {
    mailbox.post(publication(i));
  }
  CHECK(mailbox.waiting());
  std::vector<std::uint64_t> seen;
  const auto take = [&](Mailbox::Post& post) { seen.push_back(std::get<channels::Publication>(post).sequence); };
  CHECK(mailbox.drain_one(take));
  CHECK(mailbox.drain_one(take));
  CHECK(seen == std::vector<std::uint64_t>{1, 2});
  mailbox.post(publication(6));
  CHECK(drain_all(mailbox) == std::vector<std::uint64_t>{3, 4, 5, 6});
  CHECK_FALSE(mailbox.waiting());
  CHECK_FALSE(mailbox.drain_one(take));
}

TEST_CASE("a mailbox is full, and congested, while more bytes wait than it should hold") {
  Mailbox mailbox(1000);
  CHECK_FALSE(mailbox.full());
  CHECK_FALSE(mailbox.congested());
  for (std::uint64_t i = 1; i <= 100; ++i) {
    mailbox.post(publication(i));
  }
  CHECK(mailbox.full());
  CHECK(mailbox.congested(1));
  mailbox.set_bytes_max(1 << 20);
  CHECK_FALSE(mailbox.full());
  CHECK_FALSE(mailbox.congested());
  mailbox.set_bytes_max(1000);
  CHECK(mailbox.full());
  CHECK(drain_all(mailbox).size() == 100);
  CHECK_FALSE(mailbox.full());
  CHECK_FALSE(mailbox.congested());
}

TEST_CASE("a mailbox is congested long before it is full, by the deliveries that its publications will make") {
  Mailbox mailbox(1 << 20);
  const auto post = [&](std::uint32_t receivers) {
    channels::Publication one = publication(1);
    one.receivers = receivers;
    mailbox.post(one);
  };
  post(Mailbox::kDeliveriesMax / 2);
  CHECK_FALSE(mailbox.congested());
  CHECK_FALSE(mailbox.take_relief());
  post(Mailbox::kDeliveriesMax / 2);  // and it takes something to take them
  CHECK(mailbox.congested(1));
  CHECK_FALSE(mailbox.full());
  CHECK_FALSE(mailbox.take_relief());  // not yet
  CHECK(mailbox.drain_one([](Mailbox::Post&) {}));
  CHECK_FALSE(mailbox.congested());
  CHECK(mailbox.take_relief());
  CHECK_FALSE(mailbox.take_relief());  // once
}

TEST_CASE("what a worker has not sent counts for who publishes to many, and for nobody else") {
  Mailbox mailbox(1 << 20);
  mailbox.set_unsent(Mailbox::kDeliveriesMax + 1);
  CHECK(mailbox.congested());
  CHECK(mailbox.congested(Mailbox::kFewReceivers + 1));
  CHECK_FALSE(mailbox.congested(Mailbox::kFewReceivers));
  CHECK_FALSE(mailbox.take_relief());
  mailbox.set_unsent(Mailbox::kDeliveriesMax);
  CHECK_FALSE(mailbox.congested());
  CHECK(mailbox.take_relief());
}

TEST_CASE("a post from inside a drain is not lost") {
  Mailbox mailbox(1 << 20);
  mailbox.post(publication(1));
  std::vector<std::uint64_t> seen;
  while (mailbox.drain_one([&](Mailbox::Post& post) {
    const auto sequence = std::get<channels::Publication>(post).sequence;
    seen.push_back(sequence);
    if (sequence < 4) {
      mailbox.post(publication(sequence + 1));
    }
  })) {
  }
  CHECK(seen == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("a closed mailbox keeps nothing, neither what waits nor what comes later") {
  Mailbox mailbox(0);
  const auto held = std::make_shared<int>();
  const auto post = [&] { mailbox.post_task([held](core::Worker&) {}); };
  post();
  post();
  mailbox.drain_one([](Mailbox::Post&) {});
  post();
  CHECK(mailbox.congested());
  mailbox.close();
  post();
  CHECK(held.use_count() == 1);
  CHECK_FALSE(mailbox.congested());
  CHECK_FALSE(mailbox.waiting());
}

TEST_CASE("what is posted in a batch wakes each loop once, when the batch says so") {
  struct Loop {
    uv_loop_t loop{};
    uv_async_t wake{};
    int wakes = 0;
    Mailbox mailbox{1 << 20};
    Loop() {
      uv_loop_init(&loop);
      loop.data = this;
      uv_async_init(&loop, &wake, [](uv_async_t* handle) { ++static_cast<Loop*>(handle->loop->data)->wakes; });
      mailbox.open(&wake);
    }
    int turn() {
      uv_run(&loop, UV_RUN_NOWAIT);
      return wakes;
    }
    ~Loop() {
      mailbox.close();
      uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
      uv_run(&loop, UV_RUN_DEFAULT);
      uv_loop_close(&loop);
    }
  } first, second, closed;
  std::thread poster([&] {
    {
      Mailbox::WakeBatch batch(3);
      for (std::uint64_t i = 1; i <= 100; ++i) {
        first.mailbox.post(publication(i));
        second.mailbox.post(publication(i));
        closed.mailbox.post(publication(i));
        drain_all(second.mailbox);  // so that every post is the first again
      }
      CHECK(first.turn() + second.turn() == 0);
      closed.mailbox.close();
      batch.wake_posted();
      CHECK(first.turn() == 1);
      CHECK(second.turn() == 1);
      CHECK(closed.turn() == 0);
      second.mailbox.post(publication(1));
    }
    CHECK(first.turn() == 1);
    CHECK(second.turn() == 2);  // the end of a batch wakes whoever is left
    drain_all(first.mailbox);
    first.mailbox.post(publication(1));
    CHECK(first.turn() == 2);  // at once
  });
  poster.join();
}

TEST_CASE("a sleeping loop wakes up for every post of other threads, and each poster's order is kept") {
  constexpr std::uint64_t kPosts = 20000;
  constexpr std::uint64_t kPosters = 2;
  Mailbox mailbox(1 << 20);
  struct Loop {
    Mailbox& mailbox;
    uv_loop_t loop{};
    uv_async_t wake{};
    uv_prepare_t prepare{};
    std::vector<std::uint64_t> last = std::vector<std::uint64_t>(kPosters, 0);
    std::uint64_t count = 0;
    bool in_order = true;
  } state{mailbox};
  uv_loop_init(&state.loop);
  state.loop.data = &state;
  uv_async_init(&state.loop, &state.wake, [](uv_async_t*) {});
  uv_prepare_init(&state.loop, &state.prepare);
  uv_prepare_start(&state.prepare, [](uv_prepare_t* handle) {
    auto& self = *static_cast<Loop*>(handle->loop->data);
    while (self.mailbox.drain_one([&](Mailbox::Post& post) {
      const auto sequence = std::get<channels::Publication>(post).sequence;
      auto& last = self.last[sequence % kPosters];
      self.in_order = self.in_order && sequence > last;
      last = sequence;
      ++self.count;
    })) {
    }
    if (self.count == kPosts * kPosters) {
      self.mailbox.close();
      uv_close(reinterpret_cast<uv_handle_t*>(&self.wake), nullptr);
      uv_close(reinterpret_cast<uv_handle_t*>(&self.prepare), nullptr);
    }
  });
  mailbox.open(&state.wake);
  std::vector<std::thread> posters;
  for (std::uint64_t poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&mailbox, poster] {
      for (std::uint64_t i = 1; i <= kPosts; ++i) {
        mailbox.post(publication(i * kPosters + poster));
      }
    });
  }
  uv_run(&state.loop, UV_RUN_DEFAULT);  // ends when all have arrived
  for (std::thread& poster : posters) {
    poster.join();
  }
  CHECK(state.count == kPosts * kPosters);
  CHECK(state.in_order);
  CHECK(uv_loop_close(&state.loop) == 0);
}
