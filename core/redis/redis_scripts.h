#pragma once

#include <string>
#include <string_view>

namespace sentix::core {

// What many nodes do to one channel in one step, in Lua on Redis (7.0 and later). A channel has these keys, each
// PREFIX{CHANNEL} and a letter:
//
// - m, a hash, its life: epoch `e`, the run `r` that it began in (RedisLink::run), newest offset `o`, bytes `b`
// - s, a stream, its history: ID OFFSET-0, fields d data, u user, k key, t milliseconds of publication
// - k, a hash, idempotency keys of what is in the history: key and SHA-1 of the data to offset
// - c, a hash: place to how many clients it has there; a place is one connection of a node to Redis
// - u, a hash: user to {i: info, a: {place: connections}}, in MessagePack
// - z, a zset: the same users, in the order of their names
//
// and PREFIX{CHANNEL} is what nodes subscribe to (redis_message.h). PREFIXleases is a zset of places by when their
// lease ends, PREFIXat:PLACE the set of channels where a place has clients that are counted.
//
// An epoch ends with the run that it began in: a Redis that comes back with older data, or another that takes its
// place, may lack the newest publications, and would give their offsets again.
struct RedisScript {
  std::string_view name;
  std::string text;
  std::string sha1;  // in hexadecimal, as EVALSHA has it
};

// KEYS of all but lease and directory: those of the channel, m s k c u z, and then PREFIXleases. ARGV of all but those
// begins with
//   channel for PUBLISH, run, fresh epoch, history_size, history_ttl in ms, history_bytes, ms that the life is kept
//   after its last use, or 0 for ever
// and goes on as said here.
struct RedisScripts {
  // ..., then data, user (JSON or ""), key or "" of each publication. Gives {epoch, offset...}.
  RedisScript publish;
  // ..., keeps history (1/0), epoch and offset of `since`, epoch and offset up to which the node has it all, place,
  // joins (1/0), max_clients, presence (1/0), user, info, members wanted, session to except. Gives {"full"}, or {"ok",
  // epoch, top, recovered, offset from which the node has it all, {offset, data, user...}, {user, info,
  // connections...}, count}.
  RedisScript join;
  // ..., place, presence (1/0), user: one connection has gone.
  RedisScript part;
  // ..., place, user: whose grace is over.
  RedisScript depart;
  // ..., place, its clients, buries (1/0: only where its lease is over), then user, info, connections of each member.
  RedisScript sync;
  // ..., creates (1/0), limit, epoch and offset of `since`, reverse (1/0). Gives nil or {epoch, top, {offset, data,
  // user...}}.
  RedisScript read;
  // ..., members wanted. Gives {count, {user, info, connections...}}.
  RedisScript members;
  // KEYS PREFIXleases; ARGV place, lease in ms. Gives {whether its lease had held, place whose lease is over...}.
  RedisScript lease;
  // KEYS PREFIXnodes, a hash of processes to records in MessagePack; ARGV process, lease in ms, then the fields of its
  // record: id, URL, version, connections, load in thousandths, start in ms since 1970, whether it drains. Gives those
  // of all nodes whose lease holds, each behind its process.
  RedisScript directory;
};

const RedisScripts& redis_scripts();

}  // namespace sentix::core
