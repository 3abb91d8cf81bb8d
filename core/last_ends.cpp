#include "core/last_ends.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sentix::core {
namespace {

bool matches(const EndedConnection& ended, const LastEnds::Query& query) {
  return (query.connection.empty() || query.connection == channels::to_text(ended.id)) &&
         (query.user.empty() || query.user == ended.user) &&
         (query.address.empty() || query.address == to_text(ended.address) ||
          query.address == ip_to_text(ended.address));
}

}  // namespace

void LastEnds::add(EndedConnection ended, bool was_client) {
  if (!keeps()) return;
  const std::lock_guard lock(mutex_);
  Ring& ring = was_client ? clients_ : strangers_;
  if (ring.ends.size() < kept_) {
    ring.ends.push_back(std::move(ended));
    return;
  }
  ring.ends[ring.next] = std::move(ended);
  ring.next = (ring.next + 1) % kept_;
}

std::vector<EndedConnection> LastEnds::find(const Query& query) const {
  std::vector<EndedConnection> found;
  {
    const std::lock_guard lock(mutex_);
    for (const Ring* ring : {&clients_, &strangers_}) {
      const auto match = [&](const EndedConnection& ended) { return matches(ended, query); };
      std::copy_if(ring->ends.begin(), ring->ends.end(), std::back_inserter(found), match);
    }
  }
  const auto newer = [](const EndedConnection& a, const EndedConnection& b) { return a.at > b.at; };
  std::stable_sort(found.begin(), found.end(), newer);
  found.resize(std::min(found.size(), query.limit));
  return found;
}

}  // namespace sentix::core
