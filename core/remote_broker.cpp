#include "core/remote_broker.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "core/arguments.h"

#ifdef SENTIX_REDIS
#include "core/redis/redis_broker.h"
#include "core/redis/redis_examination.h"
#include "core/redis/redis_url.h"
#include "core/tls/tls_client.h"
#endif

namespace sentix::core {
namespace {

constexpr std::chrono::seconds kPatience{3};  // of a start, for a Redis that is there

}  // namespace

void require_redis_sync(unsigned replicas, std::chrono::milliseconds timeout) {
  require(replicas >= 1 && replicas <= kRedisSyncReplicasMax, "redis_sync_replicas is " + std::to_string(replicas) +
                                                                  ", but can be 1 to " +
                                                                  std::to_string(kRedisSyncReplicasMax));
  require(timeout.count() >= 1 && timeout <= kRedisSyncTimeoutMax,
          "redis_sync_timeout is " + std::to_string(timeout.count()) + " ms, but can be 1 to " +
              std::to_string(kRedisSyncTimeoutMax.count()));
}

#ifdef SENTIX_REDIS

namespace {

constexpr std::size_t kNodeIdBytesMax = 64;  // every node tells it of every other one, with each answer of /nodes

// Redis refuses other names of connections (CLIENT SETNAME).
bool is_node_id(const std::string& id) {
  return id.size() <= kNodeIdBytesMax && std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

void require_redis(const RedisOptions& options) {
  const ParsedRedisUrl parsed = parse_redis_url(options.url);
  require(parsed.url.has_value(), "redis_url is no URL of a Redis: " + std::string(parsed.problem));
  require(is_node_id(options.node_id), "node_id is at most " + std::to_string(kNodeIdBytesMax) +
                                           " letters, digits and signs of ASCII, without a space");
  require_redis_sync(options.sync_replicas, options.sync_timeout);
  const CertificateFiles& shown = options.tls.certificate;
  require(parsed.url->tls || options.tls == TlsClientOptions{},
          "redis_ca, redis_cert and redis_key are for TLS: the URL begins with rediss:// then");
  require(parsed.url->kind == RedisUrl::Kind::sentinel ||
              (options.sentinel_user.empty() && options.sentinel_password.empty()),
          "redis_sentinel_user and redis_sentinel_password are for Sentinels: the URL begins with redis+sentinel:// "
          "then");
  require(shown.chain.empty() == shown.key.empty(), "redis_cert and redis_key are set together");
  if (parsed.url->tls) {
    static_cast<void>(new_tls_client(options.tls, parsed.url->endpoints.front().host));
  }
}

std::unique_ptr<RemoteBroker> make_remote_broker(const Options& options) {
  require_redis(options.redis);
  return std::make_unique<RedisBroker>(*parse_redis_url(options.redis.url).url, options.redis, options.channels_max,
                                       options.log);
}

std::vector<RedisSelfReport> examine_redis(const RedisOptions& options, std::chrono::milliseconds patience) {
  require_redis(options);
  const RedisUrl url = *parse_redis_url(options.url).url;
  if (url.kind != RedisUrl::Kind::cluster) {
    return {examine_redis(url, options, patience)};
  }
  std::vector<RedisSelfReport> reports;
  for (const RedisUrl::Endpoint& endpoint : url.endpoints) {
    RedisUrl node = url;
    node.kind = RedisUrl::Kind::standalone;
    node.endpoints = {endpoint};
    reports.push_back(examine_redis(node, options, patience));
    reports.back().as_of_cluster = true;
  }
  return reports;
}

#else

void require_redis(const RedisOptions& /*options*/) {
  throw std::invalid_argument("redis_url: this build has no Redis (SENTIX_REDIS is off)");
}

std::unique_ptr<RemoteBroker> make_remote_broker(const Options& options) {
  require_redis(options.redis);
  return nullptr;
}

std::vector<RedisSelfReport> examine_redis(const RedisOptions& options, std::chrono::milliseconds /*patience*/) {
  require_redis(options);
  return {};
}

#endif

RemoteBrokerSession::RemoteBrokerSession(RemoteBroker* broker) : broker_(broker) {
  if (broker_ != nullptr) {
    broker_->start(kPatience);
  }
}

RemoteBrokerSession::~RemoteBrokerSession() {
  if (broker_ != nullptr) {
    broker_->stop();
  }
}

}  // namespace sentix::core
