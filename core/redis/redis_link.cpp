#include "core/redis/redis_link.h"

#include <utility>

namespace sentix::core {
namespace {

using State = RedisConnection::State;

std::string run_of(std::string_view info) {
  constexpr std::string_view kField = "run_id:";
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
              events_.subscriptions_ready();
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
  commands_.send({"INFO", "server"}, [this](const RedisReply* reply) { told_info(reply); });
}

void RedisLink::told_info(const RedisReply* reply) {
  if (reply == nullptr) {
    return;
  }
  run_ = run_of(reply->text);
  if (run_.empty()) {
    useless_ = "it does not tell its run_id (INFO server)";
    return;
  }
  prepared_ = true;
  events_.commands_ready();
}

void RedisLink::lost(bool commands, std::string_view why) {
  if (commands) {
    prepared_ = false;
  }
  events_.lost(commands, std::string(why));
}

bool RedisLink::send(std::span<const std::string_view> command, Answer answer) {
  if (!prepared_) {
    return false;
  }
  const bool sent = commands_.send(command, [this, answer = std::move(answer)](const RedisReply* reply) {
    --unanswered_;
    if (reply != nullptr && reply->text.starts_with("NOSCRIPT") && reply->is_error()) {
      useless_ = "it has lost our scripts";
      reply = nullptr;
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
    commands_.give_up(std::exchange(useless_, {}));
  }
  commands_.send({"PING"}, ignore);
  subscriptions_.send({"PING"}, ignore);
}

}  // namespace sentix::core
