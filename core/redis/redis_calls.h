#pragma once

#include <uv.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/backoff.h"
#include "core/redis/redis_redirection.h"
#include "core/redis/redis_scripts.h"
#include "core/redis/redis_shards.h"
#include "core/uv_handle.h"

namespace sentix::core {

// What is said to Redis about one key, wherever that is, in the order in which it was said.
//
// Commands of one slot go to its master one behind the other without waiting. Where one comes back, because the slot
// has moved or is about to (RedisRedirection), everything else of the slot waits until all that is under way has been
// answered or has come back too; then the oldest is sent alone, to whom the redirection says, and when it was carried
// out the others follow. So nothing overtakes what was said before it, and nothing is sent again that may have been
// carried out.
//
// What cannot be carried out for kRedisTimeout is answered with the last error, for which is_redirection() holds.
//
// Belongs to the broker's thread.
class RedisCalls {
 public:
  using Answer = RedisLink::Answer;

  // The loop and the shards outlive it.
  RedisCalls(uv_loop_t& loop, RedisShards& shards);

  // As RedisLink has them. False, and `answer` is never called: the Redis that has the key is not there, or too much
  // waits. `keys`, of which there is one at least, are all in one slot.
  bool send(std::string_view key, std::vector<std::string> words, Answer answer);
  bool run_script(const RedisScript& script, std::vector<std::string> keys, std::vector<std::string> arguments,
                  Answer answer);

  // A slot may have another master.
  void changed();

  // Whether something that was said about the key, or another of its slot, is not answered yet.
  [[nodiscard]] bool busy(std::string_view key) const;

  // Commands that are not answered yet.
  [[nodiscard]] std::size_t unanswered() const { return unanswered_; }

  // Whether it says that a command was surely not carried out.
  [[nodiscard]] static bool is_redirection(const RedisReply& reply);

 private:
  struct Call {
    std::uint16_t slot = 0;
    const RedisScript* script = nullptr;  // null: the words are a command
    std::vector<std::string> words;
    std::size_t keys = 0;
    Answer answer;
    std::uint64_t waits_since_ms = 0;  // 0: not yet
  };
  using CallPtr = std::shared_ptr<Call>;

  // Of a slot whose calls wait.
  struct Lane {
    explicit Lane(std::uint64_t now) : not_before_ms(now) {}

    std::deque<CallPtr> returned;  // oldest first, all older than:
    std::deque<CallPtr> waiting;
    std::optional<RedisUrl::Endpoint> ask;  // whom the oldest is for, this once
    std::string error = "TRYAGAIN the master that has the slot is not there";
    std::uint64_t not_before_ms;
    Backoff backoff{std::chrono::milliseconds(10), std::chrono::milliseconds(200)};
  };

  struct UnderWay {
    std::uint32_t calls = 0;
    const RedisShard* at = nullptr;
  };

  bool submit(CallPtr call);
  bool hold(Lane& lane, CallPtr call);
  bool dispatch(const CallPtr& call, RedisShard& shard, bool asking);
  void answered(const CallPtr& call, const std::string& by, bool asked, const RedisReply* reply);
  void take_back(const CallPtr& call, const RedisRedirection& redirection, const std::string& error);
  void advance(std::uint16_t slot);
  void give_up_old(Lane& lane);
  void release(std::uint16_t slot);
  void refuse(const CallPtr& call, const std::string& error);
  Lane& lane_of(std::uint16_t slot);
  void advance_all();

  uv_loop_t& loop_;
  RedisShards& shards_;
  std::vector<UnderWay> under_way_;  // of each slot; at one shard, and in front of what waits
  std::map<std::uint16_t, Lane> lanes_;
  std::size_t unanswered_ = 0;
  std::mt19937 random_;
  UvHandle<uv_timer_t> ticker_;  // runs while there are lanes
};

}  // namespace sentix::core
