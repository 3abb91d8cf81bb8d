#include "core/redis/redis_link.h"

#include <utility>

namespace sentix::core {
namespace {

using State = RedisConnection::State;

std::string replication_id(std::string_view info) {
  constexpr std::string_view kField = "master_replid:";
  const std::size_t begin = info.find(kField);
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = info.substr(begin + kField.size());
  return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

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
          [this](std::string_view channel, std::string_view payload) { events_.heard(channel, payload); }) {}

// The scripts are loaded in front of what uses them, in one write.
void RedisLink::prepare() {
  const RedisScripts& all = redis_scripts();
  for (const RedisScript* script : {&all.publish, &all.join, &all.part, &all.depart, &all.sync, &all.read, &all.members,
                                    &all.lease, &all.directory}) {
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
  std::string id = replication_id(reply->text);
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

bool RedisLink::send(std::span<const std::string_view> command, Answer answer) {
  if (run_.empty()) {
    return false;
  }
  const bool sent = commands_.send(command, [this, answer = std::move(answer)](const RedisReply* reply) {
    --unanswered_;
    if (reply != nullptr && reply->text.starts_with("NOSCRIPT") && reply->is_error()) {
      useless_ = "it has lost our scripts";
      reply = nullptr;
    } else if (reply != nullptr && reply->text.starts_with("READONLY") && reply->is_error()) {
      useless_ = "it is no master any more";
    }
    answer(reply);
  });
  unanswered_ += sent ? 1 : 0;
  return sent;
}

bool RedisLink::run_script(const RedisScript& script, std::span<const std::string> keys,
                           std::span<const std::string> arguments, Answer answer) {
  const std::string key_count = std::to_string(keys.size());
  std::vector<std::string_view> command{"EVALSHA", script.sha1, key_count};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return send(command, std::move(answer));
}

void RedisLink::subscribe(std::string_view channel, std::function<void()> then) {
  subscriptions_.send({"SUBSCRIBE", channel}, [then = std::move(then)](const RedisReply* reply) {
    if (reply != nullptr && !reply->is_error()) {
      then();
    }
  });
}

void RedisLink::unsubscribe(std::string_view channel) {
  subscriptions_.send({"UNSUBSCRIBE", channel}, ignore);
}

void RedisLink::probe() {
  if (!useless_.empty()) {
    const std::string why = std::exchange(useless_, {});
    commands_.give_up(why);
    subscriptions_.give_up(why);
  }
  identify(true);
  subscriptions_.send({"PING"}, ignore);
}

}  // namespace sentix::core
