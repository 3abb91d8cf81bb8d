#include "core/redis/redis_replies.h"

#include <algorithm>

#include "core/redis/redis_message.h"

namespace sentix::core {
namespace {

using Type = RedisReply::Type;

constexpr std::size_t kJoinedElements = 9;
constexpr std::size_t kReadElements = 4;
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
    return RedisJoined{.full = true, .stream = {}, .stored = 0, .recovered = false, .members = {}};
  }
  if (!is_list(reply, kJoinedElements)) {
    return std::nullopt;
  }
  const auto& elements = reply.elements;
  const auto top = read_position(elements[1], elements[2]);
  const auto from = parse_redis_offset(elements[4].text);
  auto entries = read_entries(elements[5]);
  auto members = read_members(elements[7], elements[6]);
  const auto stored = parse_redis_offset(elements[8].text);
  if (!top || !from || !entries || !members || !stored) {
    return std::nullopt;
  }
  return RedisJoined{.full = false,
                     .stream = {*top, *from, std::move(*entries)},
                     .stored = *stored,
                     .recovered = elements[3].integer == 1,
                     .members = std::move(*members)};
}

std::optional<RedisRead> read_history(const RedisReply& reply) {
  if (!is_list(reply, kReadElements)) {
    return std::nullopt;
  }
  const auto top = read_position(reply.elements[0], reply.elements[1]);
  auto entries = read_entries(reply.elements[2]);
  const auto stored = parse_redis_offset(reply.elements[3].text);
  return top && entries && stored ? std::optional(RedisRead{*top, std::move(*entries), *stored}) : std::nullopt;
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

channels::Position RedisStored::newest() const {
  return {epoch, offsets.empty() ? 0 : *std::max_element(offsets.begin(), offsets.end())};
}

std::optional<RedisStored> read_stored(const RedisReply& reply, std::size_t count) {
  constexpr std::size_t kBefore = 2;
  if (!is_list(reply, count + kBefore)) {
    return std::nullopt;
  }
  const auto safe = read_position(reply.elements[0], reply.elements[1]);
  if (!safe) {
    return std::nullopt;
  }
  RedisStored stored{.epoch = safe->epoch, .safe = safe->offset, .offsets = {}};
  for (std::size_t i = kBefore; i < reply.elements.size(); ++i) {
    const std::string& text = reply.elements[i].text;
    const auto offset = text.empty() ? std::optional<std::uint64_t>(0) : parse_redis_offset(text);
    if (!offset) {
      return std::nullopt;
    }
    stored.offsets.push_back(*offset);
  }
  return stored;
}

std::optional<channels::Position> read_confirmed(const RedisReply& reply) {
  return is_list(reply, 2) ? read_position(reply.elements[0], reply.elements[1]) : std::nullopt;
}

}  // namespace sentix::core
