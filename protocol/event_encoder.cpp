#include "protocol/event_encoder.h"

#include "protocol/json_writer.h"

namespace sentix::protocol {
namespace {

// More than the keys, the punctuation and the numbers of any message take; texts of variable length are added.
constexpr std::size_t kFixedBytes = 160;
constexpr std::size_t kMemberFixedBytes = 64;
constexpr std::size_t kHistoryMessageFixedBytes = 48;

// The beginning of every message; the caller writes its own keys and ends with close_message().
JsonWriter open_message(std::string_view type, std::size_t variable_bytes) {
  JsonWriter out(kFixedBytes + variable_bytes);
  out.open('{').key("type").string(type);
  return out;
}

// The beginning of every reply.
JsonWriter open_reply(std::string_view type, RequestId id, std::size_t variable_bytes = 0) {
  JsonWriter out = open_message(type, id.json.size() + variable_bytes);
  if (!id.empty()) out.key("id").raw(id.json);
  return out;
}

SharedFrame close_message(JsonWriter& out) {
  out.close('}');
  return std::move(out).finish();
}

void write(JsonWriter& out, const Position& position) {
  out.key("epoch").string(position.epoch).key("offset").number(position.offset);
}

void write(JsonWriter& out, const Member& member) {
  out.open('{').key("user").string(member.user).key("info").raw(member.info_json);
  out.key("connections").number(member.connections).close('}');
}

void write(JsonWriter& out, Members members) {
  out.key("members").open('[');
  for (const Member& member : members) write(out, member);
  out.close(']');
}

std::size_t bytes_of(const Member& member) {
  return kMemberFixedBytes + member.user.size() + member.info_json.size();
}

std::size_t bytes_of(Members members) {
  std::size_t bytes = 0;
  for (const Member& member : members) bytes += bytes_of(member);
  return bytes;
}

std::size_t bytes_of(std::span<const HistoryMessage> messages) {
  std::size_t bytes = 0;
  for (const HistoryMessage& message : messages) bytes += kHistoryMessageFixedBytes + message.data_json.size();
  return bytes;
}

SharedFrame encode_change(std::string_view type, std::string_view channel, const Member& member) {
  JsonWriter out = open_message(type, channel.size() + bytes_of(member));
  out.key("channel").string(channel).key("member");
  write(out, member);
  return close_message(out);
}

}  // namespace

SharedFrame encode(const Welcome& event) {
  JsonWriter out = open_message("welcome", event.connection.size() + event.user_json.size());
  out.key("connection").string(event.connection).key("protocol").number(1);
  if (!event.user_json.empty()) out.key("user").raw(event.user_json);
  return close_message(out);
}

SharedFrame encode(const Authenticated& event) {
  JsonWriter out = open_reply("authenticated", event.id, event.user_json.size());
  out.key("user").raw(event.user_json);
  return close_message(out);
}

SharedFrame encode(const Subscribed& event) {
  const std::size_t epoch_bytes = event.position ? event.position->epoch.size() : 0;
  const std::size_t members_bytes = event.members ? bytes_of(*event.members) : 0;
  JsonWriter out = open_reply("subscribed", event.id, event.channel.size() + epoch_bytes + members_bytes);
  out.key("channel").string(event.channel);
  if (event.position) write(out, *event.position);
  if (event.recovered) out.key("recovered").boolean(*event.recovered);
  if (event.members) write(out, *event.members);
  if (event.count) out.key("count").number(*event.count);
  return close_message(out);
}

SharedFrame encode(const Unsubscribed& event) {
  JsonWriter out = open_reply("unsubscribed", event.id, event.channel.size() + event.reason.size());
  out.key("channel").string(event.channel);
  if (!event.reason.empty()) out.key("reason").string(event.reason);
  return close_message(out);
}

SharedFrame encode(const Published& event) {
  JsonWriter out = open_reply("published", event.id, event.channel.size());
  out.key("channel").string(event.channel);
  if (event.offset) out.key("offset").number(*event.offset);
  if (event.local) out.key("local").boolean(true);
  return close_message(out);
}

SharedFrame encode(const Ok& event) {
  JsonWriter out = open_reply("ok", event.id);
  return close_message(out);
}

SharedFrame encode(const HistoryReply& event) {
  const std::size_t text_bytes = event.channel.size() + event.position.epoch.size();
  JsonWriter out = open_reply("history", event.id, text_bytes + bytes_of(event.messages));
  out.key("channel").string(event.channel);
  write(out, event.position);
  out.key("messages").open('[');
  for (const HistoryMessage& message : event.messages) {
    out.open('{').key("offset").number(message.offset).key("data").raw(message.data_json).close('}');
  }
  out.close(']');
  return close_message(out);
}

SharedFrame encode(const PresenceReply& event) {
  const std::size_t members_bytes = event.members ? bytes_of(*event.members) : 0;
  JsonWriter out = open_reply("presence", event.id, event.channel.size() + members_bytes);
  out.key("channel").string(event.channel);
  if (event.members) write(out, *event.members);
  if (event.count) out.key("count").number(*event.count);
  return close_message(out);
}

SharedFrame encode(const Pong& event) {
  JsonWriter out = open_reply("pong", event.id);
  return close_message(out);
}

SharedFrame encode(const ErrorReply& event) {
  JsonWriter out = open_reply("error", event.id, event.message.size());
  out.key("code").string(wire_name(event.code)).key("message").string(event.message);
  return close_message(out);
}

SharedFrame encode(const RelayedEvent& event) {
  JsonWriter out =
      open_message("event", event.event.size() + event.channel.size() + event.data_json.size() + event.from.size());
  out.key("event").string(event.event).key("channel").string(event.channel);
  out.key("data").raw(event.data_json).key("from").string(event.from);
  return close_message(out);
}

SharedFrame encode(const Joined& event) {
  return encode_change("join", event.channel, event.member);
}

SharedFrame encode(const Left& event) {
  return encode_change("leave", event.channel, event.member);
}

SharedFrame encode(const Gap& event) {
  JsonWriter out = open_message("gap", event.channel.size() + event.position.epoch.size());
  out.key("channel").string(event.channel);
  write(out, event.position);
  return close_message(out);
}

}  // namespace sentix::protocol
