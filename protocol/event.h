#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/command.h"
#include "protocol/error_code.h"

namespace sentix::protocol {

// What the server tells a client, as values that a dialect of the wire encodes; event_encoder.h does it for sentix
// protocol 1. Publications, which are encoded in two steps, are in message_draft.h.
//
// All views borrow and need to live only until the value is encoded. Those named `*_json` are JSON text that has been
// checked and is written as it is; all others are plain text. Optional parts that are empty are left out. A reply
// without an id is a reply to a command that had none.

// Always the first message of a connection.
struct Welcome {
  std::string_view connection;
  std::string_view user_json = {};  // where the handshake brought a credential
};

struct Authenticated {
  RequestId id;
  std::string_view user_json;
};

// Who is on a channel with presence.
struct Member {
  std::string_view user;
  std::string_view info_json = "{}";
  std::uint32_t connections = 1;
};

using Members = std::span<const Member>;

struct Subscribed {
  RequestId id;
  std::string_view channel;
  std::optional<Position> position = {};  // with history: the newest
  std::optional<bool> recovered = {};     // where the command had "since"
  std::optional<Members> members = {};    // with presence
  std::optional<std::size_t> count = {};  // of all members, where not all of them are listed
};

struct Unsubscribed {
  RequestId id = {};
  std::string_view channel;
  std::string_view reason = {};  // plain text; empty where the client, or the application, wanted it so
};

struct Published {
  RequestId id;
  std::string_view channel;
  std::optional<std::uint64_t> offset = {};  // with history
  bool local = false;                        // only subscribers on the same server got it
};

// An event that no handler answered.
struct Ok {
  RequestId id;
};

struct HistoryMessage {
  std::uint64_t offset = 0;
  std::string_view data_json;
};

struct HistoryReply {
  RequestId id;
  std::string_view channel;
  Position position;                              // the newest of the channel
  std::span<const HistoryMessage> messages = {};  // in the order in which they are to be written
};

struct PresenceReply {
  RequestId id;
  std::string_view channel;
  std::optional<Members> members = {};    // where they were asked for
  std::optional<std::size_t> count = {};  // of all members, where it was asked for or not all of them are listed
};

struct Pong {
  RequestId id;
};

struct ErrorReply {
  RequestId id;
  ErrorCode code = ErrorCode::internal;
  std::string_view message;  // a sentence for a person
};

// What another client sent with the command "event".
struct RelayedEvent {
  std::string_view event;
  std::string_view channel;
  std::string_view data_json;
  std::string_view from;  // the sender's connection
};

struct Joined {
  std::string_view channel;
  Member member;
};

struct Left {
  std::string_view channel;
  Member member;
};

// A live subscription may have missed something before this position.
struct Gap {
  std::string_view channel;
  Position position;
};

}  // namespace sentix::protocol
