#pragma once

#include <string>
#include <string_view>

namespace sentix::core {

// What many nodes do to one channel in one step, in Lua on Redis (7.0 and later). A channel has these keys, each
// PREFIX{CHANNEL} and a letter:
//
// - m, a hash, its life: epoch `e`, the run `r` that it began in (RedisLink::run), newest offset `o`, bytes `b`; of a
//   synced channel also the offset `v` up to which readers see it, that up to which replicas are known to have it, `w`,
//   and of which lives it is the rest, `a`, up to eight [epoch, offset] in MessagePack, oldest first
// - s, a stream, its history: ID OFFSET-0, fields d data, u user, k key, t milliseconds of publication
// - k, a hash, idempotency keys of what is in the history: key and SHA-1 of the data to offset
// - c, a hash: place to how many clients it has there; a place is one lease of a node with one Redis
// - u, a hash: user to {i: info, a: {place: connections}}, in MessagePack
// - z, a zset: the same users, in the order of their names
// - t, nothing: it never is. Because every script names it, none is carried out by a Redis Cluster while the channel's
//   slot is on its way from one master to another: the answer is TRYAGAIN before anything was done. Otherwise a script
//   that has emptied one of its keys would fail in the middle.
//
// and PREFIX{CHANNEL} is what nodes subscribe to (redis_message.h). What is of all channels is in a slot of its own
// (RedisKeys): a zset of places by when their lease ends, and of each place the set of channels where it has clients
// that are counted.
//
// An epoch ends with the run (RedisLink::run) that it began in: a Redis that comes back with older data, or another
// that takes its place, may lack the newest publications, and would give their offsets again. It goes on where the
// channel has moved, in a Cluster, from a master that still runs as it did: then the data is whole, as MIGRATE copies
// it.
//
// A synced channel (channels::Durability) is stored first, which nobody is told of, and which no reader sees: readers
// are bounded by `v`. `confirm` moves it, and has published what it lets by, when replicas have it (RedisConfirmer). Of
// such a channel a new epoch inherits what there is, all of it visible, because any of it may have been acknowledged.
// Who had a position in the former one has everything up to the same offset, as far as that was inherited.
struct RedisScript {
  std::string_view name;
  std::string text;
  std::string sha1;  // in hexadecimal, as EVALSHA has it
};

// KEYS of all but lease and directory: those of the channel, m s k c u z t. ARGV begins with the run of this Redis,
// followed in a Cluster by a space and that of each other master that has slots; and of all but lease and directory
// goes on
//   channel for SPUBLISH, fresh epoch, history_size, history_ttl in ms, history_bytes, ms that the life is kept after
//   its last use, or 0 for ever, whether it is synced (1/0)
// and then as said here.
struct RedisScripts {
  // ..., then data, user (JSON or ""), key or "" of each publication. Gives {epoch, offset up to which it is published
  // and replicas have it, offset...}. "" in place of an offset: it was not stored, because 1024 publications of a
  // synced channel, or 16 MiB more than its history_bytes, are not confirmed.
  RedisScript publish;
  // ..., epoch and offset up to which replicas have it, run of their master. Gives {epoch, offset up to which replicas
  // have it}; nothing was done where the epoch or the run is another one.
  RedisScript confirm;
  // ..., keeps history (1/0), epoch and offset of `since`, epoch and offset up to which the node has it all, place,
  // joins (1/0), max_clients, presence (1/0), user, info, members wanted, session to except. Gives {"full"}, or {"ok",
  // epoch, top, recovered, offset from which the node has it all, {offset, data, user...}, {user, info,
  // connections...}, count, offset up to which it is stored}.
  RedisScript join;
  // ..., place, presence (1/0), user: one connection has gone.
  RedisScript part;
  // ..., place, user: whose grace is over.
  RedisScript depart;
  // ..., place, its clients, then user, info, connections of each member.
  RedisScript sync;
  // ..., creates (1/0), limit, epoch and offset of `since`, reverse (1/0). Gives nil or {epoch, top, {offset, data,
  // user...}, offset up to which it is stored}.
  RedisScript read;
  // ..., members wanted. Gives {count, {user, info, connections...}}.
  RedisScript members;
  // KEYS the leases; ARGV ..., place, lease in ms. Gives {whether its lease had held, place whose lease is over...}.
  RedisScript lease;
  // KEYS a hash of processes to records in MessagePack; ARGV ..., process, lease in ms, then the fields of its
  // record: id, URL, version, connections, load in thousandths, start in ms since 1970, whether it drains. Gives those
  // of all nodes whose lease holds, each behind its process.
  RedisScript directory;
};

const RedisScripts& redis_scripts();

}  // namespace sentix::core
