#include "core/redis/redis_sentinel.h"

#include <charconv>
#include <utility>

namespace sentix::core {
namespace {

using State = RedisConnection::State;

}  // namespace

RedisConnectionOptions sentinel_options(RedisConnectionOptions options, const RedisUrl::Endpoint& sentinel) {
  options.url = {.tls = options.url.tls,
                 .endpoints = {sentinel},
                 .user = options.sentinel_user,
                 .password = options.sentinel_password};
  options.client_name.clear();
  options.master_only = false;
  return options;
}

RedisSentinel::RedisSentinel(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& sentinel,
                             Done done)
    : name_("the Sentinel " + to_text(sentinel)),
      master_(options.url.master),
      done_(std::move(done)),
      connection_(loop, sentinel_options(options, sentinel), [this](State state, std::string_view why) {
        if (state == State::ready) {
          ask();
        } else if (state == State::waiting) {
          conclude(std::nullopt, name_ + ": " + std::string(why));
        }
      }) {}

void RedisSentinel::ask() {
  connection_.send({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", master_}, [this](const RedisReply* reply) { told(reply); });
}

void RedisSentinel::told(const RedisReply* reply) {
  if (reply == nullptr) {
    return;  // the connection was lost, which has concluded it
  }
  if (reply->is_error()) {
    conclude(std::nullopt, name_ + " has refused us: " + reply->text);
  } else if (reply->type == RedisReply::Type::nil) {
    conclude(std::nullopt, name_ + " knows no master of the name " + master_);
  } else if (auto master = read_master(*reply)) {
    conclude(std::move(master), {});
  } else {
    conclude(std::nullopt, name_ + " has answered what cannot be read");
  }
}

void RedisSentinel::conclude(std::optional<RedisUrl::Endpoint> master, const std::string& problem) {
  if (const Done done = std::exchange(done_, nullptr)) {
    done(std::move(master), problem);
  }
}

std::optional<RedisUrl::Endpoint> sentinel_endpoint(std::string_view host, std::string_view port) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = error == std::errc() && end == port.data() + port.size() && number != 0;
  return whole && is_redis_host(host) ? std::optional(RedisUrl::Endpoint{std::string(host), number}) : std::nullopt;
}

std::optional<RedisUrl::Endpoint> read_master(const RedisReply& reply) {
  if (reply.type != RedisReply::Type::array || reply.elements.size() != 2) {
    return std::nullopt;
  }
  return sentinel_endpoint(reply.elements[0].text, reply.elements[1].text);
}

}  // namespace sentix::core
