#include "core/redis/redis_follower.h"

#include <doctest/doctest.h>

#include <random>

using namespace sentix;
using core::RedisFollower;
using core::RedisMessage;
using Answer = RedisFollower::Answer;

namespace {

struct Notes final : RedisFollower::Sink {
  void publication(std::uint64_t offset, std::string_view data, std::string_view /*user_json*/) override {
    lines.push_back(std::to_string(offset) + " " + std::string(data));
  }
  void signal(const RedisMessage& message) override { lines.push_back("signal " + message.items.at(0).first); }
  void gap(const channels::Position& position) override {
    lines.push_back("gap " + position.epoch + " " + std::to_string(position.offset));
  }

  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

RedisMessage published(const std::string& epoch, std::uint64_t first, std::initializer_list<const char*> data) {
  RedisMessage message{.epoch = epoch, .first = first};
  for (const char* const one : data) {
    message.items.emplace_back(one, "");
  }
  return message;
}

// The answer of a stream of which everything up to `from` has gone, or is known.
Answer answer(const std::string& epoch, std::uint64_t from, std::initializer_list<const char*> data) {
  Answer told{.top = {epoch, from + data.size()}, .from = from, .entries = {}};
  for (const char* const one : data) {
    told.entries.push_back({++from, one, ""});
  }
  return told;
}

struct Following {
  Notes notes;
  RedisFollower follower{notes};

  Following() { answered(follower.ask(), answer("e", 3, {})); }
  void answered(std::uint64_t question, const Answer& told) {
    follower.answered(question, told);
    follower.go_on();
  }
  Lines take() { return std::exchange(notes.lines, {}); }
};

}  // namespace

TEST_CASE("what comes in turn is handed out, and nothing twice") {
  Following f;
  f.follower.hear(published("e", 4, {"a", "b"}));
  f.follower.hear(published("e", 5, {"b", "c"}));
  f.follower.hear({.kind = RedisMessage::Kind::joined, .items = {{"ann", ""}}});
  CHECK(f.take() == Lines{"4 a", "5 b", "6 c", "signal ann"});
  CHECK_FALSE(f.follower.doubtful());
  CHECK(f.follower.place() == channels::Position{"e", 6});
}

TEST_CASE("what leaves something out waits until that is known") {
  Following f;
  f.follower.hear(published("e", 6, {"c"}));
  CHECK(f.take().empty());
  CHECK(f.follower.doubtful());
  const auto question = f.follower.ask();
  f.follower.hear(published("e", 7, {"d"}));
  f.answered(question, answer("e", 3, {"a", "b", "c"}));
  CHECK(f.take() == Lines{"4 a", "5 b", "6 c", "7 d"});
  CHECK_FALSE(f.follower.doubtful());
}

TEST_CASE("what cannot be had any more is a gap, and what is left follows") {
  Following f;
  f.follower.hear(published("e", 9, {"f"}));
  f.answered(f.follower.ask(), answer("e", 7, {"e", "f"}));
  CHECK(f.take() == Lines{"gap e 7", "8 e", "9 f"});
}

TEST_CASE("another epoch is a gap, and what was heard of the old one is not handed out") {
  Following f;
  f.follower.hear(published("e", 9, {"old"}));
  const auto question = f.follower.ask();
  f.follower.hear(published("n", 3, {"c"}));
  f.answered(question, answer("n", 0, {"a", "b"}));
  CHECK(f.take() == Lines{"gap n 0", "1 a", "2 b", "3 c"});
}

TEST_CASE("an epoch that began after the question is asked for again") {
  Following f;
  const auto question = f.follower.ask();
  f.follower.hear(published("n", 1, {"a"}));
  f.answered(question, answer("e", 3, {}));
  CHECK(f.take().empty());
  CHECK(f.follower.doubtful());
  f.answered(f.follower.ask(), answer("n", 0, {"a"}));
  CHECK(f.take() == Lines{"gap n 0", "1 a"});
}

TEST_CASE("answers to several questions are one stream") {
  Following f;
  const auto first = f.follower.ask();
  const auto second = f.follower.ask();
  f.follower.hear(published("e", 4, {"a", "b", "c"}));
  f.answered(first, answer("e", 3, {"a"}));
  CHECK(f.take() == Lines{"4 a"});  // whoever entered with it begins behind its top
  f.answered(second, answer("e", 3, {"a", "b"}));
  CHECK(f.take() == Lines{"5 b", "6 c"});
}

TEST_CASE("a question without an answer holds nothing up") {
  Following f;
  static_cast<void>(f.follower.ask());
  f.follower.hear(published("e", 4, {"a"}));
  f.follower.not_answered();
  f.follower.go_on();
  CHECK(f.take() == Lines{"4 a"});
}

TEST_CASE("without a history everything is handed out as it comes") {
  Notes notes;
  RedisFollower follower(notes);
  follower.hear(published("", 0, {"a", "b"}));
  CHECK(notes.lines == Lines{"0 a", "0 b"});
  CHECK_FALSE(follower.known());
}

// A stream with one epoch, of which any message may be lost on the way, or come late or twice; asked at any time.
TEST_CASE("whatever is lost or late, all of the stream is handed out in order") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    Notes notes;
    RedisFollower follower(notes);
    std::vector<std::string> stream;
    const auto entries_after = [&stream](std::uint64_t from) {
      Answer told{.top = {"e", stream.size()}, .from = from, .entries = {}};
      for (std::uint64_t offset = from; offset < stream.size(); ++offset) {
        told.entries.push_back({offset + 1, stream[offset], ""});
      }
      return told;
    };
    std::deque<std::pair<std::uint64_t, Answer>> on_the_way;
    const auto ask = [&] {
      if (!follower.may_ask()) {
        return;
      }
      const std::uint64_t from = follower.place().offset;
      const std::uint64_t question = follower.ask();
      on_the_way.emplace_back(question, entries_after(from));
    };
    ask();
    const auto answer_one = [&] {
      const auto [question, told] = on_the_way.front();
      on_the_way.pop_front();
      follower.answered(question, told);
      follower.go_on();
    };
    for (int step = 0; step < 100; ++step) {
      switch (random() % 5) {
        case 0:
        case 1: {
          stream.push_back(std::to_string(stream.size() + 1));
          if (random() % 4 != 0) {
            follower.hear(published("e", stream.size(), {stream.back().c_str()}));
          }
          break;
        }
        case 2:
          if (!on_the_way.empty()) {
            answer_one();
          }
          break;
        case 3:
          if (follower.doubtful()) {
            ask();
          }
          break;
        default:
          if (random() % 4 == 0) {
            ask();
          }
      }
    }
    while (!on_the_way.empty()) {
      answer_one();
    }
    ask();
    answer_one();
    Lines expected;
    for (const std::string& data : stream) {
      expected.push_back(data + " " + data);
    }
    CHECK(notes.lines == expected);
  }
}
