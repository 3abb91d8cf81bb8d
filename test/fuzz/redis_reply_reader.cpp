// Replies of Redis. The first byte of the input says in pieces of which size the rest comes. The properties:
//  - in pieces or whole, the same replies, and broken or not (but for the bound of bytes, which is out of reach here:
//  it
//    is looked at where a piece ends);
//  - replies, written again, are read as the same.
#include "core/redis/redis_reply_reader.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::core;
using sentix::test::require;

struct Outcome {
  std::vector<RedisReply> replies;
  bool broken = false;
};

Outcome read(std::span<const std::byte> bytes, std::size_t piece_size) {
  RedisReplyReader reader(1 << 14);
  Outcome outcome;
  while (!bytes.empty() && !outcome.broken) {
    const auto piece = bytes.first(std::min(piece_size, bytes.size()));
    bytes = bytes.subspan(piece.size());
    reader.feed(std::vector(piece.begin(), piece.end()));
    RedisReply reply;
    auto next = RedisReplyReader::Next::incomplete;
    while ((next = reader.next(reply)) == RedisReplyReader::Next::reply) outcome.replies.push_back(reply);
    outcome.broken = next == RedisReplyReader::Next::broken;
    require(!outcome.broken || !reader.failure().empty());
  }
  return outcome;
}

void write(const RedisReply& reply, std::string& out) {
  using Type = RedisReply::Type;
  const auto line = [&out](char mark, const std::string& text) { out += mark + text + "\r\n"; };
  switch (reply.type) {
    case Type::nil:
      return line('$', "-1");
    case Type::status:
      return line('+', reply.text);
    case Type::error:
      return line('-', reply.text);
    case Type::integer:
      return line(':', std::to_string(reply.integer));
    case Type::string:
      return line('$', std::to_string(reply.text.size()) + "\r\n" + reply.text);
    case Type::array:
      line('*', std::to_string(reply.elements.size()));
      for (const RedisReply& element : reply.elements) write(element, out);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Outcome whole = read(bytes, bytes.size() + 1);
  const Outcome pieces = read(bytes, data[0] + 1U);
  require(whole.replies == pieces.replies);
  require(whole.broken == pieces.broken);

  std::string again;
  for (const RedisReply& reply : whole.replies) write(reply, again);
  const Outcome reread = read(std::as_bytes(std::span(again)), 1 + again.size());
  require(!reread.broken && reread.replies == whole.replies);
  return 0;
}
