#include "core/storage.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace sentix::core {
namespace {

using namespace std::chrono_literals;
using channels::Storage;

// Waits for something that another thread brings about.
void eventually(const std::function<bool()>& happens) {
  for (int i = 0; i < 10'000; ++i) {
    if (happens()) {
      return;
    }
    std::this_thread::sleep_for(1ms);
  }
  FAIL("it does not happen");
}

// A database that keeps nothing: it fails when it is told to, and waits at a gate.
class FakeDatabase final : public Database {
 public:
  struct Seen {
    std::mutex mutex;
    std::vector<std::string> written;  // "a 1", "trim a 7", "forget a"
    std::vector<std::size_t> batches;
    std::set<std::size_t> failing;  // which calls of write() do
    std::size_t calls = 0;
    std::atomic<bool> fails = false;  // also probes
    std::atomic<bool> open = true;    // the gate
    std::atomic<std::size_t> entered{0};
    std::atomic<bool> was_synced = false;
  };

  explicit FakeDatabase(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}

  void load(const std::function<void(channels::StoredChannel)>&) override {}
  void begin_session() override {}
  void end_session() override {}
  void write(std::span<Operation> operations, bool synced) override {
    ++seen_->entered;
    while (!seen_->open) {
      std::this_thread::sleep_for(1ms);
    }
    const std::lock_guard lock(seen_->mutex);
    seen_->was_synced = synced;
    if (seen_->fails || seen_->failing.contains(seen_->calls++)) {
      throw std::runtime_error("the disk is full");
    }
    seen_->batches.push_back(operations.size());
    for (Operation& operation : operations) {
      seen_->written.push_back(text_of(operation));
    }
  }
  void probe() override {
    if (seen_->fails) {
      throw std::runtime_error("the disk is full");
    }
  }

 private:
  static std::string text_of(Operation& operation) {
    if (auto* append = std::get_if<AppendOperation>(&operation)) {
      append->stored = append->append.key != "stale";
      return append->append.channel + " " + std::to_string(append->append.position.offset);
    }
    if (const auto* trim = std::get_if<TrimOperation>(&operation)) {
      return "trim " + trim->channel + " " + std::to_string(trim->first_kept);
    }
    return "forget " + std::get<ForgetOperation>(operation).channel;
  }

  std::shared_ptr<Seen> seen_;
};

// What became of the appends: "a 3" stored up to there, "a lost".
class Results final : public channels::StorageResults {
 public:
  void stored(std::string_view channel, const Storage::Attempt&, std::uint64_t offset) noexcept override {
    add(std::string(channel) + " " + std::to_string(offset));
  }
  void not_stored(std::string_view channel, const Storage::Attempt&) noexcept override {
    add(std::string(channel) + " lost");
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  void add(std::string text) {
    const std::lock_guard lock(mutex_);
    told_.push_back(std::move(text));
  }

  std::mutex mutex_;
  std::vector<std::string> told_;
};

Storage::Append publication(const std::string& channel, std::uint64_t offset, const std::string& key = {}) {
  return {.channel = channel,
          .position = {"epoch", offset},
          .at = {},
          .key = key,
          .message = protocol::MessageDraft(channel, std::to_string(offset)).finish(offset),
          .attempt = {1, 1}};
}

struct Fixture {
  std::shared_ptr<FakeDatabase::Seen> seen = std::make_shared<FakeDatabase::Seen>();
  Results results;
  std::atomic<int> log_lines{0};
  core::Storage storage{1000, [this](const LogLine&) { ++log_lines; }};

  void start() { storage.start(std::make_unique<FakeDatabase>(seen), results); }

  // The thread stands in the database, and what comes now waits for it together.
  void close_gate() {
    seen->open = false;
    storage.forget("gate");
    eventually([&] { return seen->entered == 1; });
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("what waits is written in one batch, in order, and its last place stands for a row of them") {
  Fixture f;
  f.start();
  f.close_gate();
  f.storage.append(publication("a", 1));
  f.storage.append(publication("a", 2));
  f.storage.append(publication("b", 1));
  f.storage.trim("a", 2);
  f.storage.append(publication("b", 2));
  f.storage.append(publication("a", 3));
  f.seen->open = true;
  CHECK(f.storage.stop() != nullptr);
  CHECK(f.seen->written == Texts{"forget gate", "a 1", "a 2", "b 1", "trim a 2", "b 2", "a 3"});
  CHECK(f.seen->batches == std::vector<std::size_t>{1, 6});
  CHECK(f.results.all() == Texts{"a 2", "b 2", "a 3"});
  CHECK_FALSE(f.storage.congested());
}

TEST_CASE("stopping writes everything, also what came before the start") {
  Fixture f;
  for (std::uint64_t offset = 1; offset <= 10'000; ++offset) {
    f.storage.append(publication("a", offset));
  }
  CHECK(f.storage.congested());
  f.start();
  f.storage.stop();
  CHECK(f.seen->written.size() == 10'000);
  CHECK(f.seen->batches.size() == 3);
  CHECK(f.results.all().back() == "a 10000");
  CHECK_FALSE(f.storage.congested());
  CHECK(f.storage.stop() == nullptr);
}

TEST_CASE("a batch is synced where one of its publications is to be") {
  for (const bool synced : {false, true}) {
    Fixture f;
    f.start();
    auto append = publication("a", 1);
    append.synced = synced;
    f.storage.append(std::move(append));
    f.storage.stop();
    CHECK(f.seen->was_synced == synced);
  }
}

TEST_CASE("whichever batch fails, its publications are told to be lost, and the next ones are tried") {
  constexpr std::size_t kBatches = 4;
  for (std::size_t failing = 0; failing < kBatches; ++failing) {
    CAPTURE(failing);
    Fixture f;
    f.seen->failing = {failing};
    f.start();
    Texts expected;
    for (std::size_t i = 0; i < kBatches; ++i) {
      f.storage.append(publication("a", i + 1));
      expected.push_back(i == failing ? "a lost" : "a " + std::to_string(i + 1));
      eventually([&] { return f.results.all().size() == i + 1; });
      CHECK(f.storage.problem() == (i == failing ? "the disk is full" : ""));
    }
    CHECK(f.results.all() == expected);
    f.storage.stop();
  }
}

TEST_CASE("what does not follow on what is stored is told to be lost, and its neighbours are not") {
  Fixture f;
  f.start();
  f.close_gate();
  f.storage.append(publication("a", 1));
  f.storage.append(publication("a", 3, "stale"));
  f.storage.append(publication("a", 2));
  f.seen->open = true;
  f.storage.stop();
  CHECK(f.results.all() == Texts{"a 1", "a lost", "a 2"});
}

TEST_CASE("a problem is logged when it begins and when it ends, which a probe finds out") {
  Fixture f;
  f.seen->fails = true;
  f.start();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    f.storage.append(publication("a", i));
    eventually([&] { return f.results.all().size() == i; });
  }
  CHECK(f.storage.problem() == "the disk is full");
  CHECK(f.log_lines == 1);
  f.seen->fails = false;
  eventually([&] { return f.storage.problem().empty(); });
  eventually([&] { return f.log_lines == 2; });
  f.storage.stop();
  CHECK(f.log_lines == 2);
}

TEST_CASE("threads that append at one time lose nothing, and each one's order is kept") {
  Fixture f;
  f.start();
  std::vector<std::thread> threads;
  constexpr std::uint64_t kEach = 2000;
  for (const char* const channel : {"a", "b", "c"}) {
    threads.emplace_back([&f, channel] {
      for (std::uint64_t offset = 1; offset <= kEach; ++offset) {
        f.storage.append(publication(channel, offset));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  f.storage.stop();
  for (const char* const channel : {"a", "b", "c"}) {
    std::uint64_t next = 1;
    for (const std::string& each : f.seen->written) {
      if (each[0] == channel[0]) {
        REQUIRE(each == channel + (" " + std::to_string(next++)));
      }
    }
    CHECK(next == kEach + 1);
  }
}

}  // namespace
}  // namespace sentix::core
