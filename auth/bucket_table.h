#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "auth/token_bucket.h"

namespace sentix::auth {

// The token buckets of very many spenders, in memory that never grows. A bucket that is full is as good as none, so
// only those who spent something lately have one; where a new spender finds its eight places taken by others, the
// bucket that is full soonest makes way, and its owner gets a new one when it comes again. So a crowd that is larger
// than the table is limited less strictly than it should be, never more.
//
// Not thread-safe.
class BucketTable {
 public:
  // For about `buckets` spenders at a time, 16 bytes each.
  explicit BucketTable(std::size_t buckets);

  // The bucket of the spender with that hash (keyed_hash.h), for the one call that follows: the next bucket() may move
  // it.
  TokenBucket& bucket(std::uint64_t hash, TokenBucket::Time now);

 private:
  struct Entry {
    std::uint64_t hash = 0;
    TokenBucket bucket;
  };
  static constexpr std::size_t kPlaces = 8;  // that one spender may have
  using Set = std::array<Entry, kPlaces>;

  std::vector<Set> sets_;
};

}  // namespace sentix::auth
