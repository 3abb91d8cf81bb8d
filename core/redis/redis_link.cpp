#include "core/redis/redis_link.h"

#include <utility>

#include "core/redis/redis_info.h"

namespace sentix::core {
namespace {

using State = RedisConnection::State;

void ignore(const RedisReply* /*reply*/) {}

}  // namespace

RedisLink::RedisLink(uv_loop_t& loop, const RedisConnectionOptions& options, Events events)
    : events_(std::move(events)),
      commands_(loop, options,
                [this](State state, std::string_view why) {
                  if (state == State::ready) {
                    prepare();
                  } else if (state == State::waiting) {
                    lost(true, why);
                  }
                }),
      subscriptions_(
          loop, options,
          [this](State state, std::string_view why) {
            if (state == State::ready) {
              identify(false);
            } else if (state == State::waiting) {
              lost(false, why);
            }
          },
          [this](std::string_view channel, std::optional<std::string_view> payload) {
            if (payload) {
              events_.heard(channel, *payload);
            } else {
              events_.unheard(channel, nullptr);
            }
          }) {}

// The scripts are loaded in front of what uses them, in one write.
void RedisLink::prepare() {
  const RedisScripts& all = redis_scripts();
  for (const RedisScript* script : {&all.publish, &all.confirm, &all.join, &all.part, &all.depart, &all.sync, &all.read,
                                    &all.members, &all.lease, &all.directory}) {
    commands_.send({"SCRIPT", "LOAD", script->text}, ignore);
  }
  identify(true);
}

void RedisLink::identify(bool commands) {
  (commands ? commands_ : subscriptions_).send({"INFO", "replication"}, [this, commands](const RedisReply* reply) {
    told_info(commands, reply);
  });
}

void RedisLink::told_info(bool commands, const RedisReply* reply) {
  if (reply == nullptr) {
    return;
  }
  std::string& mine = commands ? run_ : heard_run_;
  const std::string& other = commands ? heard_run_ : run_;
  std::string id(redis_info_field(reply->text, "master_replid"));
  if (id.empty()) {
    useless_ = "it does not tell its master_replid (INFO replication)";
  } else if ((!mine.empty() && mine != id) || (!other.empty() && other != id)) {
    useless_ = "another master has taken its place";
  } else if (mine.empty()) {
    mine = std::move(id);
    (commands ? events_.commands_ready : events_.subscriptions_ready)();
    // The other one may have been told apart from what is gone now.
    if (other.empty() && (commands ? subscriptions_ : commands_).state() == State::ready) {
      identify(!commands);
    }
  }
}

void RedisLink::lost(bool commands, std::string_view why) {
  (commands ? run_ : heard_run_).clear();
  useless_.clear();
  events_.lost(commands, std::string(why));
}

bool RedisLink::send(std::span<const std::string_view> command, bool asking, Answer answer) {
  if (run_.empty() || (asking && !commands_.send({"ASKING"}, ignore))) {
    return false;
  }
  return commands_.send(command, [this, answer = std::move(answer)](const RedisReply* reply) {
    if (reply != nullptr && reply->text.starts_with("NOSCRIPT") && reply->is_error()) {
      useless_ = "it has lost our scripts";
      reply = nullptr;
    } else if (reply != nullptr && reply->text.starts_with("READONLY") && reply->is_error()) {
      useless_ = "it is no master any more";
    }
    answer(reply);
  });
}

bool RedisLink::send(std::span<const std::string> command, bool asking, Answer answer) {
  const std::vector<std::string_view> words(command.begin(), command.end());
  return send(std::span(words), asking, std::move(answer));
}

bool RedisLink::run_script(const RedisScript& script, std::span<const std::string> words, std::size_t key_count,
                           std::string_view others, bool asking, Answer answer) {
  const std::string count = std::to_string(key_count);
  std::string runs = run_;
  runs += others;
  std::vector<std::string_view> command{"EVALSHA", script.sha1, count};
  command.insert(command.end(), words.begin(), words.begin() + static_cast<std::ptrdiff_t>(key_count));
  command.emplace_back(runs);
  command.insert(command.end(), words.begin() + static_cast<std::ptrdiff_t>(key_count), words.end());
  return send(std::span<const std::string_view>(command), asking, std::move(answer));
}

void RedisLink::subscribe(std::string_view channel, std::function<void()> then) {
  subscriptions_.send({"SSUBSCRIBE", channel},
                      [this, name = std::string(channel), then = std::move(then)](const RedisReply* reply) {
                        if (reply != nullptr && reply->is_error()) {
                          events_.unheard(name, reply);
                        } else if (reply != nullptr) {
                          then();
                        }
                      });
}

// One that this Redis has lost in the same moment looks like the answer.
void RedisLink::unsubscribe(std::string_view channel) {
  subscriptions_.send({"SUNSUBSCRIBE", channel}, [this, name = std::string(channel)](const RedisReply* reply) {
    if (reply != nullptr && reply->elements.size() == 3 && reply->elements[1].text != name) {
      events_.unheard(reply->elements[1].text, nullptr);
    }
  });
}

void RedisLink::probe() {
  if (!useless_.empty()) {
    give_up(std::exchange(useless_, {}));
  }
  identify(true);
  subscriptions_.send({"PING"}, ignore);
}

void RedisLink::give_up(const std::string& why) {
  commands_.give_up(why);
  subscriptions_.give_up(why);
}

}  // namespace sentix::core
