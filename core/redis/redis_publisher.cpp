#include "core/redis/redis_publisher.h"

#include <utility>

#include "core/redis/redis_scripts.h"
#include "core/redis_options.h"

namespace sentix::core {
namespace {

using Published = channels::Broker::Published;
using Outcome = Published::Outcome;

// A larger publication is the last of its script: so that what one script is given, and tells the nodes, is bounded
// too.
constexpr std::size_t kLargeBytes = std::size_t{64} << 10U;

}  // namespace

void RedisPublisher::publish(RedisPublication publication) {
  std::shared_ptr<Batch>& batch = batches_[publication.channel];
  if (!batch) {
    batch = std::make_shared<Batch>();
  }
  batch->push_back(std::move(publication));
  if (batch->size() == kRedisBatch || batch->back().bytes >= kLargeBytes) {
    const auto full = std::exchange(batch, nullptr);
    const std::string name = full->front().channel;
    batches_.erase(name);
    send(name, full);
  }
}

void RedisPublisher::flush() {
  for (const auto& [name, batch] : std::exchange(batches_, {})) {
    send(name, batch);
  }
}

void RedisPublisher::send(const std::string& name, const std::shared_ptr<Batch>& batch) {
  const channels::ChannelRules::Rule& rule = batch->front().rule;
  if (!rule.options->keeps_history()) {
    send_plain(name, batch);
    return;
  }
  std::vector<std::string> list = keys_.arguments(name, rule);
  for (const RedisPublication& publication : *batch) {
    list.push_back(publication.data);
    list.push_back(publication.user_json);
    list.push_back(publication.key);
  }
  const auto then = [this, batch](const RedisReply* reply) { conclude(batch, reply); };
  if (!calls_.run_script(redis_scripts().publish, keys_.of_channel(name), std::move(list), then)) {
    tell(*batch, {.outcome = Outcome::not_stored});
  }
}

void RedisPublisher::send_plain(const std::string& name, const std::shared_ptr<Batch>& batch) {
  RedisMessage message;
  for (RedisPublication& publication : *batch) {
    message.items.emplace_back(std::move(publication.data), std::move(publication.user_json));
  }
  if (hand_out_here_(name, batch->front().rule, message)) {
    tell(*batch, {.local = true});
    return;
  }
  const auto then = [this, batch](const RedisReply* reply) {
    if (reply == nullptr || reply->is_error()) {
      complaints_.complain("a publication", reply);
      tell(*batch, {.outcome = reply == nullptr ? Outcome::unknown : Outcome::not_stored});
      return;
    }
    tell(*batch, {.outcome = Outcome::ok});
  };
  const std::string key = keys_.channel(name);
  if (!calls_.send(key, {"SPUBLISH", key, encode_redis_message(message)}, then)) {
    tell(*batch, {.outcome = Outcome::not_stored});
  }
}

void RedisPublisher::conclude(const std::shared_ptr<Batch>& batch, const RedisReply* reply) {
  auto stored = reply != nullptr ? read_stored(*reply, batch->size()) : std::nullopt;
  if (!stored) {
    complaints_.complain("a publication", reply);
    const bool refused = reply != nullptr && RedisCalls::is_redirection(*reply);
    tell(*batch, {.outcome = refused ? Outcome::not_stored : Outcome::unknown});
    return;
  }
  const RedisPublication& first = batch->front();
  const auto then = [this, batch, stored](const Published& confirmed) {
    for (std::size_t i = 0; i < batch->size(); ++i) {
      const std::uint64_t offset = stored->offsets[i];
      Published published = offset <= stored->safe ? Published{} : confirmed;
      if (offset == 0) {
        published.outcome = Outcome::not_stored;
      } else if (published.outcome == Outcome::ok) {
        published.position = channels::Position{stored->epoch, offset};
      }
      answer((*batch)[i], published);
    }
  };
  if (first.rule.options->synced()) {
    confirmer_.confirm(first.channel, first.rule, stored->newest(), stored->safe, then);
  } else {
    then({});
  }
}

void RedisPublisher::tell(const Batch& batch, const channels::Broker::Published& published) {
  for (const RedisPublication& publication : batch) {
    answer(publication, published);
  }
}

void RedisPublisher::answer(const RedisPublication& publication, const Published& published) {
  waiting_.remove(publication);
  if (publication.answer) {
    publication.answer(published);
  }
}

void RedisPublisher::signal(const std::string& name, const RedisMessage& message) {
  flush();
  const std::string key = keys_.channel(name);
  calls_.send(key, {"SPUBLISH", key, encode_redis_message(message)}, [](const RedisReply*) {});
}

// A command that names the same keys as the scripts is held up by what holds them up (redis_scripts.h).
void RedisPublisher::in_turn(const std::string& name, const channels::Broker::Answer& answer) {
  flush();
  std::vector<std::string> words = keys_.of_channel(name);
  words.insert(words.begin(), "EXISTS");
  const auto then = [this, name, answer](const RedisReply*) {
    confirmer_.in_turn(name, [answer](const Published&) { answer({}); });
  };
  if (!calls_.send(keys_.channel(name), std::move(words), then)) {
    answer({});
  }
}

}  // namespace sentix::core
