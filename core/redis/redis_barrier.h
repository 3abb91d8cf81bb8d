#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/redis/redis_connection.h"

namespace sentix::core {

// Asks one Redis how many replicas have all that it had carried out before it was asked. That is WAIT, which speaks of
// what its own connection has written: so a key is written first, behind everything else, and whose data it was is
// asked behind it (INFO). WAIT holds its connection up, so this one is for nothing else; it is made when it is first
// needed.
//
// Belongs to the broker's thread.
class RedisBarrier {
 public:
  struct Told {
    std::string run;             // as RedisLink::run has it
    std::uint64_t replicas = 0;  // that have it all
    std::string error = {};      // of Redis; then nothing else holds
  };
  // Null: the connection was lost. May ask(); does not throw.
  using Answer = std::function<void(const Told*)>;

  // The loop outlives it. `ready` is called when it has become so.
  RedisBarrier(uv_loop_t& loop, const RedisConnectionOptions& options, std::function<void()> ready);

  // Whether it can be asked now; it connects, if it never has.
  [[nodiscard]] bool ready();

  // Only where it is ready. One question at a time; `key` is in a slot of this Redis. Waits for no more than
  // `replicas`.
  void ask(const std::string& key, unsigned replicas, std::chrono::milliseconds timeout, Answer answer);

  // What it is connected to is of no use: it is not ready until tend() has given that up and it has connected anew.
  void doubt(std::string why) { useless_ = std::move(why); }
  // To be called several times a second.
  void tend();

  // Gives the connection up. Not to be called from inside of an answer.
  void give_up(const std::string& why);

 private:
  void conclude(const RedisReply* info);

  uv_loop_t& loop_;
  RedisConnectionOptions options_;
  const std::function<void()> ready_;
  std::unique_ptr<RedisConnection> connection_;
  Answer answer_;  // of the question that is under way
  Told told_;
  std::string useless_;
};

}  // namespace sentix::core
