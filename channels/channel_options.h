#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sentix::channels {

// Who may publish to a channel, beside the server itself.
enum class PublishRight : std::uint8_t { subscribers, anyone, server };

// What a publication must have survived before it is acknowledged and delivered. Other levels than memory are for
// persistent channels with a history, on a server with a data directory; on Redis there is also synced.
enum class Durability : std::uint8_t {
  memory,   // nothing; a server with a data directory keeps the history over an orderly stop
  written,  // the end of the process
  synced,   // the loss of power; on Redis, that of the master: so many replicas have it as are asked for
};

// What becomes of publications while the Redis that joins several servers is not there.
enum class WithoutRedis : std::uint8_t {
  refuse,  // nobody gets them
  local,   // this server's own subscribers do; for channels without a history, whose offsets would be given twice
};

// How a channel behaves; the settings of a [channels."NAME"] table in their order there.
struct ChannelOptions {
  std::size_t max_clients = 0;  // subscribers at one time, over all workers; 0: no limit but the server's
  bool persistent = false;      // lives on without subscribers, and keeps a history by default
  bool is_private = false;      // only who was granted the channel may enter
  bool auth = false;            // only who is authenticated may enter
  bool presence = false;        // tells who is there, and who comes and goes
  PublishRight publish = PublishRight::subscribers;
  bool auto_create =
      true;  // comes into being when first subscribed to; otherwise only by configuration or create_channel()
  std::optional<std::size_t> history_size = {};  // publications kept; by default 100 where persistent, none elsewhere
  std::optional<std::chrono::milliseconds> history_ttl = {};  // how long they are kept; by default 10 minutes

  Durability durability = Durability::memory;         // what is acknowledged has survived this
  std::size_t history_bytes = std::size_t{16} << 20;  // that the history takes; the oldest go, before history_size too
  std::chrono::milliseconds presence_grace =
      std::chrono::seconds(2);          // for a user to come back in, before its leave is told
  std::size_t presence_members = 1000;  // that are listed at one time, in the order of their names; all are counted
  std::size_t max_data_bytes = 0;  // of one publication or event of a client, as it is written; 0: no limit but the
                                   // message's
  WithoutRedis without_redis = WithoutRedis::refuse;  // while the Redis of several servers is not there

  [[nodiscard]] std::size_t history_size_in_force() const { return history_size.value_or(persistent ? 100 : 0); }
  [[nodiscard]] std::chrono::milliseconds history_ttl_in_force() const {
    return history_ttl.value_or(std::chrono::minutes(10));
  }
  [[nodiscard]] bool keeps_history() const { return history_size_in_force() > 0; }
  [[nodiscard]] bool lasts() const { return persistent && keeps_history(); }
  // Durable, and with something that could be: otherwise the setting makes no sense.
  [[nodiscard]] bool durable() const { return durability != Durability::memory && lasts(); }
  [[nodiscard]] bool synced() const { return durability == Durability::synced && lasts(); }
};

}  // namespace sentix::channels
