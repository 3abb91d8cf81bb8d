#include "core/redis/redis_directory.h"

#include <uv.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/redis/redis_command.h"
#include "core/redis/redis_message.h"
#include "core/redis/redis_scripts.h"
#include "core/version.h"

namespace sentix::core {
namespace {

// Until then the others have come back as well, to a Redis that was away for longer than their leases.
constexpr std::uint64_t kBeatsOfReturn = 3;

constexpr std::string_view kDisconnect = "disconnect";

constexpr std::size_t kRecordFields = 8;

std::uint64_t processor_us() {
  uv_rusage_t usage{};
  uv_getrusage(&usage);
  const auto us = [](const uv_timeval_t& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

std::uint64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// As the script has it (RedisScripts::directory); nullopt: it is none.
std::optional<NodeRecord> read_record(const RedisReply& reply) {
  const auto& fields = reply.elements;
  if (reply.type != RedisReply::Type::array || fields.size() != kRecordFields) {
    return std::nullopt;
  }
  const auto number = [&fields](std::size_t i) { return parse_redis_offset(fields[i].text).value_or(0); };
  NodeRecord node{.process = fields[0].text,
                  .id = fields[1].text,
                  .url = fields[2].text,
                  .version = fields[3].text,
                  .connections = number(4),
                  .load_permille = number(5),
                  .started_ms = number(6),
                  .draining = number(7) != 0};
  if (!node.url.empty() && !is_node_url(node.url)) {
    node.url.clear();
  }
  return node;
}

}  // namespace

RedisDirectory::RedisDirectory(RedisShards& shards, RedisCalls& calls, std::string key, std::string process,
                               std::string id, NodeDirectory& nodes, LogSink log)
    : shards_(shards),
      calls_(calls),
      key_(std::move(key)),
      nodes_(nodes),
      log_(std::move(log)),
      has_name_(!id.empty()) {
  self_.id = id.empty() ? process : std::move(id);
  self_.process = std::move(process);
  self_.version = version();
  self_.started_ms = now_ms();
}

void RedisDirectory::announce(NodeFace face) {
  face_ = std::move(face);
  announced_ = true;
  self_.url = face_.url;
  measured_at_ns_ = uv_hrtime();
  processor_us_ = processor_us();
  beat();
}

void RedisDirectory::listen() {
  RedisShard* const shard = shards_.owner(key_);
  if (shard != nullptr && shard->subscriptions != 0 && shard->subscriptions != listens_at_) {
    listens_at_ = shard->subscriptions;
    shard->link->subscribe(key_, [] {});
  }
}

bool RedisDirectory::unheard(std::string_view channel, std::uint64_t subscriptions) {
  if (channel == key_ && subscriptions == listens_at_) {
    listens_at_ = 0;
  }
  return channel == key_;
}

void RedisDirectory::measure() {
  constexpr std::uint64_t kShortestNs = 100'000'000;
  constexpr std::uint64_t kPermilleOfNs = 1'000'000;  // microseconds of nanoseconds, in thousandths
  self_.connections = face_.connections();
  self_.draining = face_.draining();
  const std::uint64_t now = uv_hrtime();
  const std::uint64_t passed = now - measured_at_ns_;
  if (passed >= kShortestNs) {
    const std::uint64_t spent = processor_us();
    self_.load_permille = (spent - processor_us_) * kPermilleOfNs / passed / std::max(1U, face_.workers);
    measured_at_ns_ = now;
    processor_us_ = spent;
  }
  nodes_.set_self(self_);
}

void RedisDirectory::beat() {
  if (!announced_) {
    return;
  }
  measure();
  std::vector<std::string> list{self_.process,
                                std::to_string(NodeDirectory::kLease.count()),
                                self_.id,
                                self_.url,
                                self_.version,
                                std::to_string(self_.connections),
                                std::to_string(self_.load_permille),
                                std::to_string(self_.started_ms),
                                self_.draining ? "1" : "0"};
  calls_.run_script(redis_scripts().directory, {key_}, std::move(list),
                    [this, asked_at = uv_hrtime()](const RedisReply* reply) { told(reply, asked_at); });
}

void RedisDirectory::told(const RedisReply* reply, std::uint64_t asked_at_ns) {
  if (reply == nullptr || reply->type != RedisReply::Type::array) {
    return;  // the link says what is wrong with Redis
  }
  std::vector<NodeRecord> nodes;
  for (const RedisReply& element : reply->elements) {
    if (auto node = read_record(element)) {
      nodes.push_back(std::move(*node));
    }
  }
  look_for_namesakes(nodes, asked_at_ns);
  nodes_.tell(std::move(nodes), ++beats_ > kBeatsOfReturn, NodeDirectory::Clock::now());
}

// Another record of this node's name may be that of its former life, whose lease ends. One that was there before, and
// still is when it is asked for a lease later, is renewed by somebody. Where one of the two drains, it makes way.
void RedisDirectory::look_for_namesakes(const std::vector<NodeRecord>& nodes, std::uint64_t asked_at_ns) {
  constexpr std::uint64_t kLeaseNs = std::chrono::nanoseconds(NodeDirectory::kLease).count();
  std::map<std::string, Namesake> there;
  for (const NodeRecord& node : nodes) {
    if (!has_name_ || node.id != self_.id || node.process == self_.process || node.draining || self_.draining) {
      continue;
    }
    const auto known = namesakes_.find(node.process);
    Namesake namesake = known != namesakes_.end() ? known->second : Namesake{.seen_at_ns = uv_hrtime()};
    if (asked_at_ns > namesake.seen_at_ns + kLeaseNs && !std::exchange(namesake.told, true) && log_) {
      const std::string where = node.url.empty() ? "which tells no address" : "at " + one_line(node.url);
      log_(LogLevel::warning, "node_id is " + self_.id + ", and so is that of another node, " + where +
                                  ": whoever looks for one of them finds either; give each its own");
    }
    there.emplace(node.process, namesake);
  }
  namesakes_ = std::move(there);
}

void RedisDirectory::leave() {
  if (std::exchange(announced_, false)) {
    calls_.send(key_, {"HDEL", key_, self_.process}, [](const RedisReply*) {});
  }
}

bool RedisDirectory::heard(std::string_view channel, std::string_view payload) {
  if (channel != key_) {
    return false;
  }
  const auto words = decode_redis_strings(payload);
  if (!words || words->size() != 5 || (*words)[0] == self_.process || (*words)[1] != kDisconnect || !announced_) {
    return true;
  }
  const auto code = parse_redis_offset((*words)[3]).value_or(0);
  face_.disconnect({.user = (*words)[2],
                    .code = static_cast<std::uint16_t>(std::min<std::uint64_t>(code, UINT16_MAX)),
                    .reason = (*words)[4]});
  return true;
}

void RedisDirectory::disconnect(const UserDisconnect& who, const std::function<void(std::size_t nodes)>& heard) {
  std::string payload;
  const std::string code = std::to_string(who.code);
  append_redis_command(payload,
                       std::array<std::string_view, 5>{self_.process, kDisconnect, who.user, code, who.reason});
  const auto then = [heard](const RedisReply* reply) {
    const std::int64_t nodes = reply != nullptr ? reply->integer : 0;
    heard(static_cast<std::size_t>(std::max<std::int64_t>(1, nodes)));
  };
  if (!calls_.send(key_, {"SPUBLISH", key_, std::move(payload)}, then)) {
    heard(1);
  }
}

}  // namespace sentix::core
