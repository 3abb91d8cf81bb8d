#include "core/redis/sentinel_watch.h"

#include <utility>

#include "core/redis/redis_sentinel.h"

namespace sentix::core {
namespace {

using State = RedisConnection::State;

void ignore(const RedisReply* /*reply*/) {}

// Gives what stands before the next space, and takes it and the space off `text`.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

}  // namespace

SentinelWatch::SentinelWatch(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& sentinel,
                             Heard heard)
    : master_(options.url.master),
      heard_(std::move(heard)),
      connection_(
          loop, sentinel_options(options, sentinel),
          [this](State state, std::string_view) {
            if (state == State::ready) {
              connection_.send({"SUBSCRIBE", "+switch-master"}, ignore);
            }
          },
          [this](std::string_view, std::optional<std::string_view> payload) {
            if (const auto told = payload ? parse_master_switch(*payload, master_) : std::nullopt) {
              heard_(*told);
            }
          }) {}

void SentinelWatch::probe() {
  connection_.send({"PING"}, ignore);
}

std::optional<MasterSwitch> parse_master_switch(std::string_view payload, std::string_view master) {
  if (take_word(payload) != master) {
    return std::nullopt;
  }
  const std::string_view former_host = take_word(payload);
  const auto former = sentinel_endpoint(former_host, take_word(payload));
  const std::string_view present_host = take_word(payload);
  const auto present = sentinel_endpoint(present_host, payload);
  return former && present ? std::optional(MasterSwitch{*former, *present}) : std::nullopt;
}

}  // namespace sentix::core
