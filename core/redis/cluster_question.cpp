#include "core/redis/cluster_question.h"

#include <utility>

namespace sentix::core {
namespace {

using State = RedisConnection::State;

RedisConnectionOptions options_of(RedisConnectionOptions options, const RedisUrl::Endpoint& node) {
  options.url.kind = RedisUrl::Kind::standalone;
  options.url.endpoints = {node};
  options.client_name.clear();
  options.master_only = false;  // a replica knows it as well
  return options;
}

}  // namespace

ClusterQuestion::ClusterQuestion(uv_loop_t& loop, const RedisConnectionOptions& options, const RedisUrl::Endpoint& node,
                                 Done done)
    : host_(node.host),
      name_("the Cluster's node " + to_text(node)),
      done_(std::move(done)),
      connection_(loop, options_of(options, node), [this](State state, std::string_view why) {
        if (state == State::ready) {
          ask();
        } else if (state == State::waiting) {
          conclude(std::nullopt, name_ + ": " + std::string(why));
        }
      }) {}

void ClusterQuestion::ask() {
  connection_.send({"CLUSTER", "INFO"}, [this](const RedisReply* reply) {
    epoch_ = reply != nullptr ? read_cluster_epoch(*reply) : std::nullopt;
  });
  connection_.send({"CLUSTER", "SLOTS"}, [this](const RedisReply* reply) { told_slots(reply); });
}

void ClusterQuestion::told_slots(const RedisReply* reply) {
  if (reply == nullptr) {
    return;  // the connection was lost, which has concluded it
  }
  if (reply->is_error()) {
    conclude(std::nullopt, name_ + " has refused us: " + reply->text);
    return;
  }
  auto ranges = read_cluster_slots(*reply, host_);
  if (!ranges || !epoch_) {
    conclude(std::nullopt, name_ + " has answered what cannot be read");
  } else {
    conclude(Answer{*epoch_, std::move(*ranges)}, {});
  }
}

void ClusterQuestion::conclude(std::optional<Answer> answer, const std::string& problem) {
  if (const Done done = std::exchange(done_, nullptr)) {
    done(std::move(answer), problem);
  }
}

}  // namespace sentix::core
