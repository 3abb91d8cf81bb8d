#pragma once

#include <uv.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/redis/redis_connection.h"
#include "core/redis/redis_scripts.h"

namespace sentix::core {

// The two connections of a node to one Redis: one for commands, which has loaded the scripts there, and one for what is
// published. They are ready where both lead to one master.
//
// What is in a Redis is known by its master_replid (INFO replication). It is another where the process has begun anew,
// and where a replica has become the master, though that had been one before: in either case the newest of what it had
// told may be missing.
//
// What is published goes by sharded channels (SSUBSCRIBE), which are what others are where there is no Cluster.
//
// Everything happens on the loop's thread.
class RedisLink {
 public:
  using Answer = RedisConnection::Answer;

  // What its owner hears of. None of them throws.
  struct Events {
    std::function<void()> commands_ready;                           // commands can be sent from here on
    std::function<void()> subscriptions_ready;                      // nothing is subscribed to yet
    std::function<void(bool commands, const std::string&)> lost;    // which of the two, and why
    std::function<void(std::string_view, std::string_view)> heard;  // channel and payload
    // A channel is not subscribed to, or no more, without that the connection was lost: another Redis has its slot, if
    // there is an error, as that says.
    std::function<void(std::string_view channel, const RedisReply* error)> unheard;
  };

  RedisLink(uv_loop_t& loop, const RedisConnectionOptions& options, Events events);

  [[nodiscard]] bool commands_ready() const { return !run_.empty(); }
  [[nodiscard]] bool subscriptions_ready() const { return !heard_run_.empty(); }
  // Whose data it is (master_replid), while commands are ready.
  [[nodiscard]] const std::string& run() const { return run_; }

  // As RedisConnection::send. The answer is null as well where Redis has lost the script: then the connection is lost.
  // Who is `asking` comes from another Redis, which has sent the command here (RedisRedirection::Kind::ask).
  bool send(std::span<const std::string> command, bool asking, Answer answer);

  // `words` are `key_count` keys and the arguments, in front of which a script is told whose data it finds: run(), and
  // then `others` (redis_scripts.h).
  bool run_script(const RedisScript& script, std::span<const std::string> words, std::size_t key_count,
                  std::string_view others, bool asking, Answer answer);

  // `then` is called when it is subscribed to; never where it is not, or the connection is lost before.
  void subscribe(std::string_view channel, std::function<void()> then);
  void unsubscribe(std::string_view channel);

  // So that a Redis that has gone without a word is noticed, or one whose data is another's now. To be called several
  // times a second: nodes that do not agree about whose data it is begin an epoch after the other.
  void probe();

  // Gives both connections up. Not to be called from inside of an answer.
  void give_up(const std::string& why);

 private:
  bool send(std::span<const std::string_view> command, bool asking, Answer answer);
  void prepare();
  void identify(bool commands);
  void told_info(bool commands, const RedisReply* reply);
  void lost(bool commands, std::string_view why);

  Events events_;
  std::string run_;        // of commands_
  std::string heard_run_;  // of subscriptions_
  std::string useless_;    // why it is to be connected to anew
  RedisConnection commands_;
  RedisConnection subscriptions_;
};

}  // namespace sentix::core
