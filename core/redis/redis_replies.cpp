#include "core/redis/redis_replies.h"

#include "core/redis/redis_message.h"

namespace sentix::core {
namespace {

using Type = RedisReply::Type;

constexpr std::size_t kJoinedElements = 8;
constexpr std::size_t kReadElements = 3;
constexpr std::size_t kFields = 3;  // of an entry, and of a member

bool is_list(const RedisReply& reply, std::size_t size) {
  return reply.type == Type::array && reply.elements.size() == size;
}

std::optional<std::vector<RedisFollower::Entry>> read_entries(const RedisReply& reply) {
  if (reply.type != Type::array || reply.elements.size() % kFields != 0) {
    return std::nullopt;
  }
  std::vector<RedisFollower::Entry> entries;
  for (std::size_t i = 0; i < reply.elements.size(); i += kFields) {
    const auto offset = parse_redis_offset(reply.elements[i].text);
    if (!offset) {
      return std::nullopt;
    }
    entries.push_back({*offset, reply.elements[i + 1].text, reply.elements[i + 2].text});
  }
  return entries;
}

std::optional<channels::Position> read_position(const RedisReply& epoch, const RedisReply& offset) {
  const auto number = parse_redis_offset(offset.text);
  return number ? std::optional(channels::Position{epoch.text, *number}) : std::nullopt;
}

}  // namespace

std::optional<RedisJoined> read_joined(const RedisReply& reply) {
  if (is_list(reply, 1) && reply.elements[0].text == "full") {
    return RedisJoined{.full = true, .stream = {}, .recovered = false, .members = {}};
  }
  if (!is_list(reply, kJoinedElements)) {
    return std::nullopt;
  }
  const auto& elements = reply.elements;
  const auto top = read_position(elements[1], elements[2]);
  const auto from = parse_redis_offset(elements[4].text);
  auto entries = read_entries(elements[5]);
  auto members = read_members(elements[7], elements[6]);
  if (!top || !from || !entries || !members) {
    return std::nullopt;
  }
  return RedisJoined{.full = false,
                     .stream = {*top, *from, std::move(*entries)},
                     .recovered = elements[3].integer == 1,
                     .members = std::move(*members)};
}

std::optional<RedisRead> read_history(const RedisReply& reply) {
  if (!is_list(reply, kReadElements)) {
    return std::nullopt;
  }
  const auto top = read_position(reply.elements[0], reply.elements[1]);
  auto entries = read_entries(reply.elements[2]);
  return top && entries ? std::optional(RedisRead{*top, std::move(*entries)}) : std::nullopt;
}

std::optional<channels::MemberList> read_members(const RedisReply& count, const RedisReply& list) {
  if (count.type != Type::integer || list.type != Type::array || list.elements.size() % kFields != 0) {
    return std::nullopt;
  }
  channels::MemberList members{.members = {}, .count = static_cast<std::size_t>(count.integer)};
  for (std::size_t i = 0; i < list.elements.size(); i += kFields) {
    const auto connections = parse_redis_offset(list.elements[i + 2].text);
    members.members.push_back({list.elements[i].text, list.elements[i + 1].text, connections.value_or(0)});
  }
  return members;
}

std::optional<std::vector<channels::Position>> read_positions(const RedisReply& reply, std::size_t count) {
  if (!is_list(reply, count + 1)) {
    return std::nullopt;
  }
  std::vector<channels::Position> positions;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto position = read_position(reply.elements[0], reply.elements[i]);
    if (!position) {
      return std::nullopt;
    }
    positions.push_back(*position);
  }
  return positions;
}

}  // namespace sentix::core
