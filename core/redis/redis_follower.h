#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "channels/position.h"
#include "core/redis/redis_message.h"

namespace sentix::core {

// One node's place in the stream of one channel. It hears what is published, which may be lost, and asks for what is in
// the history; of both it makes one stream without a gap, a duplicate or another order, or tells where there is a gap.
//
// What is heard while a question is under way waits for the answer: so the place is never ahead of an answer's newest
// offset, and whoever enters the channel with that answer begins exactly there.
//
// No I/O. Belongs to one thread.
class RedisFollower {
 public:
  // What becomes of it; a channel, or a test's list. Does not throw.
  class Sink {
   public:
    // `offset` is 0 where the channel keeps no history.
    virtual void publication(std::uint64_t offset, std::string_view data, std::string_view user_json) = 0;
    // A message that is no publication.
    virtual void signal(const RedisMessage& message) = 0;
    // Something may have been missed; what comes next is right behind this position.
    virtual void gap(const channels::Position& position) = 0;

   protected:
    ~Sink() = default;
  };

  struct Entry {
    std::uint64_t offset = 0;
    std::string data;
    std::string user_json;
  };
  struct Answer {
    channels::Position top;
    std::uint64_t from = 0;      // the stream is whole behind it, for this node
    std::vector<Entry> entries;  // at least those behind `from`, oldest first
  };

  explicit RedisFollower(Sink& sink) : sink_(sink) {}

  // Something was published.
  void hear(RedisMessage message);

  // Before the first answer there is one question at a time: of two, the later one's answer would begin behind the
  // other's.
  [[nodiscard]] bool may_ask() const { return known() || under_way_ == 0; }
  // A question is sent; its answer is to be told with what this returns, or that it has none. They come in order. Then
  // whoever enters with the answer does, and then it is to go on with what it has heard meanwhile.
  [[nodiscard]] std::uint64_t ask();
  void answered(std::uint64_t question, const Answer& answer);
  void not_answered() { --under_way_; }
  void go_on();

  // Whether it has to ask: something is missing, or may be.
  [[nodiscard]] bool doubtful() const { return doubtful_ && under_way_ == 0; }
  // What was published may not have been heard.
  void doubt() { doubtful_ = doubtful_ || known(); }

  // Up to where everything was handed out; an empty epoch before the first answer.
  [[nodiscard]] const channels::Position& place() const { return place_; }
  [[nodiscard]] bool known() const { return !place_.epoch.empty(); }
  [[nodiscard]] unsigned under_way() const { return under_way_; }

 private:
  struct Held {
    std::uint64_t number;
    RedisMessage message;
  };

  [[nodiscard]] bool in_turn(const RedisMessage& message) const;
  void hand_out(const RedisMessage& message);

  Sink& sink_;
  channels::Position place_;
  unsigned under_way_ = 0;
  bool doubtful_ = false;
  std::uint64_t heard_ = 0;
  std::deque<Held> held_;
};

}  // namespace sentix::core
