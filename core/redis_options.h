#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "core/tls/tls_options.h"

namespace sentix::core {

// The Redis that makes several servers one, its nodes.
struct RedisOptions {
  std::string url;                 // RedisUrl; empty: this server is alone
  std::string prefix = "sentix:";  // of all keys; nodes with the same one on the same database are one server
  std::string node_id;             // up to 64 printable ASCII characters without a space; empty: a new one each start
  std::string advertise = {};      // the URL that clients are told of this node; empty: what it listens on (node_url)

  TlsClientOptions tls = {};  // of a rediss:// URL

  // Who we are to Sentinels: others than the URL names, which are for the master. Without them nobody in particular.
  std::string sentinel_user = {};
  std::string sentinel_password = {};  // a secret

  // Of channels whose durability is synced: how many replicas must have a publication before it is acknowledged and
  // delivered, and how long they may take.
  unsigned sync_replicas = 1;
  std::chrono::milliseconds sync_timeout{1'000};

  [[nodiscard]] bool enabled() const { return !url.empty(); }
};

// More would be a mistake: each is asked for every batch of publications, and a publisher waits twice as long at most.
inline constexpr unsigned kRedisSyncReplicasMax = 16;
inline constexpr std::chrono::milliseconds kRedisSyncTimeoutMax{60'000};

// How long Redis may take, to connect and to answer.
inline constexpr std::chrono::milliseconds kRedisTimeout{3'000};

// A node that has not been heard of for so long is dead: its clients count and are listed no more.
inline constexpr std::chrono::milliseconds kRedisLease{10'000};

// How often a node asks whether it has missed anything of a channel with a history, which it should not have. It also
// keeps the channel alive there.
inline constexpr std::chrono::milliseconds kRedisAudit{60'000};

// How long the life of a channel that is not configured by name is kept after its last use, at least: long enough for
// the next audit.
inline constexpr std::chrono::milliseconds kRedisKept{10 * 60'000};

// Of publications that Redis has not confirmed: above it publishers are not read from. Even a slow Redis answers so
// many within kRedisTimeout.
inline constexpr std::size_t kRedisWaitingBytes = std::size_t{4} << 20U;

// Of the deliveries that they will make on this node: the same.
inline constexpr std::size_t kRedisWaitingDeliveries = 32768;

// That go to one channel by one script: so a script stays short, and others have their turn.
inline constexpr std::size_t kRedisBatch = 64;

}  // namespace sentix::core
