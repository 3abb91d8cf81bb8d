#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sentix {

// Who may publish to a channel, beside the server itself.
enum class PublishRight : std::uint8_t { subscribers, anyone, server };

// What a publication must have survived before it is acknowledged and delivered. Other levels than memory are for
// persistent channels with a history, on a server with a data directory (Server::set_data_dir); on Redis there is also
// synced (Server::set_redis_sync).
enum class Durability : std::uint8_t {
  memory,   // nothing; a server with a data directory keeps the history over an orderly stop
  written,  // the end of the process, however it comes
  synced,   // the loss of power; on Redis, that of the master
};

// What becomes of publications while the Redis that joins several servers (Server::set_redis) is not there.
enum class WithoutRedis : std::uint8_t {
  refuse,  // nobody gets them
  local,   // this server's own subscribers do; for channels without a history, whose offsets would be given twice
};

// How a channel behaves. An aggregate, for designated initializers: {.max_clients = 500, .persistent = true}. What a
// private channel asks of a client stands in sentix/principal.h.
struct ChannelOptions {
  std::size_t max_clients = 0;  // subscribers at one time; 0: no limit but the server's
  bool persistent = false;      // lives on without subscribers, and keeps a history by default
  bool is_private = false;      // only a client that was granted the channel may enter
  bool auth = false;            // only an authenticated client may enter
  bool presence = false;        // tells its subscribers who is there, and who comes and goes
  PublishRight publish = PublishRight::subscribers;
  bool auto_create = true;                       // of a pattern: its channels come into being when first needed
  std::optional<std::size_t> history_size = {};  // publications kept; by default 100 where persistent, else none
  std::optional<std::chrono::milliseconds> history_ttl = {};  // how long they are kept; by default 10 minutes
  Durability durability = Durability::memory;                 // what is acknowledged has survived this
  std::size_t history_bytes = std::size_t{16} << 20;          // that the history takes in memory; the oldest go
  std::chrono::milliseconds presence_grace =
      std::chrono::seconds(2);          // for a user to come back in, before its leave is told; 0: none
  std::size_t presence_members = 1000;  // that are listed at one time, in the order of their names; all are counted
  std::size_t max_data_bytes = 0;  // of one publication or event of a client, as it is written; 0: no limit but the
                                   // message's
  WithoutRedis without_redis = WithoutRedis::refuse;  // while the Redis of several servers is not there
};

}  // namespace sentix
