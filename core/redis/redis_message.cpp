#include "core/redis/redis_message.h"

#include <charconv>
#include <span>

#include "core/redis/redis_command.h"
#include "core/redis/redis_reply_reader.h"

namespace sentix::core {
namespace {

constexpr std::size_t kHeadElements = 4;

bool is_kind(std::string_view text) {
  return text == "m" || text == "f" || text == "j" || text == "l";
}

}  // namespace

std::string encode_redis_message(const RedisMessage& message) {
  const char kind = static_cast<char>(message.kind);
  const std::string first = std::to_string(message.first);
  std::vector<std::string_view> elements{{&kind, 1}, message.except, message.epoch, first};
  for (const auto& [one, other] : message.items) {
    elements.emplace_back(one);
    elements.emplace_back(other);
  }
  std::string payload;
  append_redis_command(payload, elements);
  return payload;
}

std::optional<std::vector<std::string>> decode_redis_strings(std::string_view payload) {
  RedisReplyReader reader(payload.size());
  reader.feed(std::as_bytes(std::span(payload)));
  RedisReply reply;
  RedisReply rest;
  if (reader.next(reply) != RedisReplyReader::Next::reply || reply.type != RedisReply::Type::array ||
      reader.next(rest) != RedisReplyReader::Next::incomplete) {
    return std::nullopt;
  }
  std::vector<std::string> strings;
  for (RedisReply& element : reply.elements) {
    if (element.type != RedisReply::Type::string) {
      return std::nullopt;
    }
    strings.push_back(std::move(element.text));
  }
  return strings;
}

std::optional<RedisMessage> decode_redis_message(std::string_view payload) {
  auto strings = decode_redis_strings(payload);
  if (!strings || strings->size() < kHeadElements || strings->size() % 2 != 0 || !is_kind(strings->front())) {
    return std::nullopt;
  }
  std::vector<std::string>& elements = *strings;
  const auto first = parse_redis_offset(elements[3]);
  if (!first) {
    return std::nullopt;
  }
  RedisMessage message{.kind = RedisMessage::Kind{elements[0][0]},
                       .except = std::move(elements[1]),
                       .epoch = std::move(elements[2]),
                       .first = *first};
  for (std::size_t i = kHeadElements; i < elements.size(); i += 2) {
    message.items.emplace_back(std::move(elements[i]), std::move(elements[i + 1]));
  }
  return message;
}

std::optional<std::uint64_t> parse_redis_offset(std::string_view text) {
  std::uint64_t offset = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, offset);
  if (error != std::errc() || parsed != end) {
    return std::nullopt;
  }
  return offset;
}

}  // namespace sentix::core
