#include "core/redis/redis_redirection.h"

#include <charconv>

#include "core/redis/cluster_slots.h"

namespace sentix::core {
namespace {

std::optional<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// Whether `text` begins with the word, which is taken off with the space behind it.
bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word) || (text.size() > word.size() && text[word.size()] != ' ')) {
    return false;
  }
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return true;
}

}  // namespace

std::optional<RedisRedirection> parse_redis_redirection(std::string_view error, const std::string& host) {
  using Kind = RedisRedirection::Kind;
  if (take_word(error, "TRYAGAIN") || take_word(error, "CLUSTERDOWN")) {
    return RedisRedirection{};
  }
  const bool moved = take_word(error, "MOVED");
  if (!moved && !take_word(error, "ASK")) {
    return std::nullopt;
  }
  const std::size_t space = error.find(' ');
  const std::size_t colon = error.rfind(':');  // an IPv6 address has some, and no brackets
  if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) {
    return std::nullopt;
  }
  const auto slot = number(error.substr(0, space));
  const auto port = number(error.substr(colon + 1));
  const std::string_view named = error.substr(space + 1, colon - space - 1);
  const bool unnamed = named.empty() || named == "?";
  if (!slot || *slot >= kRedisSlots || !port || *port == 0 || !(unnamed || is_redis_host(named))) {
    return std::nullopt;
  }
  return RedisRedirection{moved ? Kind::moved : Kind::ask, *slot, {unnamed ? host : std::string(named), *port}};
}

}  // namespace sentix::core
