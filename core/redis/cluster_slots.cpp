#include "core/redis/cluster_slots.h"

#include <array>
#include <charconv>
#include <vector>

#include "core/redis/redis_info.h"

namespace sentix::core {
namespace {

using Type = RedisReply::Type;

constexpr std::uint16_t kPolynomial = 0x1021;  // of XMODEM, which begins with 0 and reflects nothing

constexpr std::array<std::uint16_t, 256> crc_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ kPolynomial : crc << 1U;
    }
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kTable = crc_table();

std::string_view hashed_part(std::string_view key) {
  const std::size_t open = key.find('{');
  const std::size_t close = open == std::string_view::npos ? open : key.find('}', open + 1);
  return close == std::string_view::npos || close == open + 1 ? key : key.substr(open + 1, close - open - 1);
}

bool is_slot(const RedisReply& reply) {
  return reply.type == Type::integer && reply.integer >= 0 && reply.integer < kRedisSlots;
}

// HOST, PORT, ID and more, of which the last are the node's other names.
std::optional<RedisUrl::Endpoint> read_node(const RedisReply& reply, const std::string& asked) {
  if (reply.type != Type::array || reply.elements.size() < 2) {
    return std::nullopt;
  }
  const RedisReply& host = reply.elements[0];
  const RedisReply& port = reply.elements[1];
  const bool unknown = host.type == Type::nil || host.text.empty() || host.text == "?";
  if (port.type != Type::integer || port.integer <= 0 || port.integer > 0xffff ||
      !(unknown || is_redis_host(host.text))) {
    return std::nullopt;
  }
  return RedisUrl::Endpoint{unknown ? asked : host.text, static_cast<std::uint16_t>(port.integer)};
}

}  // namespace

std::uint16_t redis_slot(std::string_view key) {
  unsigned crc = 0;
  for (const char c : hashed_part(key)) {
    crc = ((crc << 8U) & 0xffffU) ^ kTable[(crc >> 8U) ^ static_cast<unsigned char>(c)];
  }
  return static_cast<std::uint16_t>(crc % kRedisSlots);
}

std::optional<std::vector<ClusterRange>> read_cluster_slots(const RedisReply& reply, const std::string& host) {
  if (reply.type != Type::array) {
    return std::nullopt;
  }
  std::vector<ClusterRange> ranges;
  std::vector<bool> taken(kRedisSlots);
  for (const RedisReply& element : reply.elements) {
    const auto& parts = element.elements;
    if (parts.size() < 3 || !is_slot(parts[0]) || !is_slot(parts[1])) {
      return std::nullopt;
    }
    auto master = read_node(parts[2], host);  // replicas follow
    if (!master || parts[0].integer > parts[1].integer) {
      return std::nullopt;
    }
    ClusterRange range{static_cast<std::uint16_t>(parts[0].integer), static_cast<std::uint16_t>(parts[1].integer),
                       std::move(*master)};
    for (unsigned slot = range.first; slot <= range.last; ++slot) {
      if (taken[slot]) {
        return std::nullopt;
      }
      taken[slot] = true;
    }
    ranges.push_back(std::move(range));
  }
  return ranges;
}

std::optional<std::uint64_t> read_cluster_epoch(const RedisReply& reply) {
  if (reply.type != Type::string) {
    return std::nullopt;
  }
  const std::string_view field = redis_info_field(reply.text, "cluster_current_epoch");
  std::uint64_t epoch = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), epoch);
  const bool whole = error == std::errc() && end == field.data() + field.size();
  return whole ? std::optional(epoch) : std::nullopt;
}

}  // namespace sentix::core
