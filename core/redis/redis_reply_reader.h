#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/redis/redis_reply.h"

struct redisReader;

namespace sentix::core {

// Replies out of the bytes that one Redis sends, in whatever pieces they come: hiredis' parser, within bounds of ours.
// A reply is nested at most seven deep (hiredis), has as many bytes as its owner allows, and as many elements on all of
// its levels as fit into those, up to kElementsMax.
//
//   reader.feed(received);
//   while (reader.next(reply) == RedisReplyReader::Next::reply) { ... }
//
// What has broken a bound or the protocol stays broken: the connection that it came by is of no use any more.
class RedisReplyReader {
 public:
  // Elements cost 72 bytes each where Redis announces a million with ten: so they are counted before they are
  // allocated.
  static constexpr std::size_t kElementsMax = 1'000'000;

  // `bytes_max` bounds what one reply may have. Throws std::bad_alloc.
  explicit RedisReplyReader(std::size_t bytes_max);
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;
  ~RedisReplyReader();

  // Copies what was received.
  void feed(std::span<const std::byte> received);

  enum class Next { reply, incomplete, broken };
  // Moves the next reply that is whole into `into`.
  Next next(RedisReply& into);

  // After `broken`: why. Valid as long as this is.
  [[nodiscard]] std::string_view failure() const;

 private:
  struct Objects;  // what hiredis calls to build a reply
  struct Free {
    void operator()(redisReader* reader) const;
  };

  Next fail(std::string_view why);

  const std::size_t bytes_max_;
  const std::size_t elements_max_;
  std::unique_ptr<redisReader, Free> reader_;
  RedisReply reply_;               // that is being built; elements of it are referred to from within hiredis
  std::size_t elements_ = 0;       // of the reply that is being built
  std::size_t bytes_ = 0;          // that were fed since the last whole reply
  std::string_view failure_ = {};  // of ours; hiredis keeps its own
};

}  // namespace sentix::core
