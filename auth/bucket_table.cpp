#include "auth/bucket_table.h"

#include <algorithm>

namespace sentix::auth {

BucketTable::BucketTable(std::size_t buckets) : sets_(std::max<std::size_t>(buckets / kPlaces, 1)) {}

TokenBucket& BucketTable::bucket(std::uint64_t hash, TokenBucket::Time now) {
  // The upper half chooses the set (a product's upper half is evenly spread), the whole tells spenders apart.
  Set& set = sets_[static_cast<std::size_t>((hash >> 32) * sets_.size() >> 32)];
  Entry* fullest = set.data();
  for (Entry& entry : set) {
    if (entry.hash == hash && !entry.bucket.full(now)) return entry.bucket;
    if (entry.bucket.full_at() < fullest->bucket.full_at()) fullest = &entry;
  }
  *fullest = {.hash = hash, .bucket = {}};
  return fullest->bucket;
}

}  // namespace sentix::auth
