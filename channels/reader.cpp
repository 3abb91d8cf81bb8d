#include "channels/reader.h"

#include <vector>

#include "channels/refusals.h"
#include "channels/wire_values.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

constexpr std::uint64_t kHistoryLimitDefault = 100;

std::size_t entries_wanted(const protocol::Command& command) {
  if (command.id.empty()) return 0;
  return static_cast<std::size_t>(command.limit.value_or(kHistoryLimitDefault));
}

}  // namespace

Refused Reader::history(const Request& request) {
  const auto& [session, command, rule, now] = request;
  const auto read = context_.broker.history({
      .channel = command.channel,
      .rule = rule,
      .limit = entries_wanted(command),
      .since = command.since ? std::optional(from_wire(*command.since)) : std::nullopt,
      .reverse = command.reverse,
      .now = now,
  });
  if (!read) return refusals::no_history(command.channel);
  if (command.id.empty()) return std::nullopt;

  std::vector<protocol::HistoryMessage> messages;
  messages.reserve(read->entries.size());
  for (const HistoryEntry& entry : read->entries) messages.push_back({entry.offset, entry.message.data_json()});
  session.peer().reply(
      protocol::encode(protocol::HistoryReply{command.id, command.channel, to_wire(read->top), messages}));
  return std::nullopt;
}

Refused Reader::presence(const Request& request) {
  const protocol::Command& command = request.command;
  const bool listed = !command.count && !command.id.empty();
  const auto list = context_.broker.members(command.channel, request.rule, listed ? kAllMembers : 0);
  if (!list) return refusals::no_presence(command.channel);
  if (command.id.empty()) return std::nullopt;
  protocol::PresenceReply reply{.id = command.id, .channel = command.channel};
  const auto members = to_wire(list->members);
  if (listed) reply.members = members;
  if (command.count || !list->whole()) reply.count = list->count;
  request.session.peer().reply(protocol::encode(reply));
  return std::nullopt;
}

Refused Reader::ping(const Request& request) {
  const protocol::RequestId id = request.command.id;
  if (!id.empty()) request.session.peer().reply(protocol::encode(protocol::Pong{id}));
  return std::nullopt;
}

}  // namespace sentix::channels
