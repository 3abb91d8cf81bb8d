#include "channels/history.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sentix::channels {

History::History(const ChannelOptions& options, HistoryBudget& budget)
    : budget_(budget),
      size_max_(options.history_size_in_force()),
      bytes_max_(options.history_bytes),
      age_max_(options.history_ttl_in_force()),
      epoch_(make_epoch()) {
  assert(size_max_ > 0);
}

History::~History() {
  budget_.give_back(bytes_);
}

void History::resume(const Position& position) {
  assert(entries_.empty());
  epoch_ = position.epoch;
  top_ = position.offset;
}

void History::skip() noexcept {
  while (!entries_.empty()) drop_oldest();
  ++top_;
}

void History::add(protocol::MessageFrame message, std::string key, Time now) {
  if (entries_.size() == size_max_) drop_oldest();
  const Kept& kept = entries_.emplace_back(Kept{{top_ + 1, std::move(message)}, now, std::move(key)});
  try {
    if (!kept.key.empty()) by_key_.emplace(repeatable(kept), top_ + 1);
  } catch (...) {
    entries_.pop_back();
    throw;
  }
  ++top_;
  bytes_ += kept.bytes();
  budget_.take(kept.bytes());
  while (bytes_ > bytes_max_ || (budget_.exceeded() && !entries_.empty())) drop_oldest();
}

std::optional<std::uint64_t> History::find(std::string_view key, std::string_view data) const {
  if (key.empty()) return std::nullopt;
  const auto found = by_key_.find({key, data});
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::vector<HistoryEntry>> History::missed_since(const Position& since) const {
  const std::uint64_t newest_gone = top_ - entries_.size();
  if (since.epoch != epoch_ || since.offset > top_ || since.offset < newest_gone) return std::nullopt;
  return copy(count_up_to(since.offset), entries_.size());
}

std::vector<HistoryEntry> History::read(std::size_t limit, const std::optional<Position>& since, bool reverse) const {
  std::size_t begin = 0;
  std::size_t end = entries_.size();
  if (since && since->epoch == epoch_) {
    begin = count_up_to(since->offset);
    end = begin + std::min(limit, end - begin);
  } else {
    begin = end - std::min(limit, end);
  }
  std::vector<HistoryEntry> entries = copy(begin, end);
  if (reverse) std::reverse(entries.begin(), entries.end());
  return entries;
}

std::vector<StoredPublication> History::stored() const {
  std::vector<StoredPublication> publications;
  publications.reserve(entries_.size());
  for (const Kept& kept : entries_) {
    const protocol::MessageFrame& message = kept.entry.message;
    publications.push_back({.offset = kept.entry.offset,
                            .at = kept.at,
                            .user_json = std::string(message.user_json()),
                            .key = kept.key,
                            .data = std::string(message.data_json())});
  }
  return publications;
}

void History::expire(Time now) {
  // The age is compared in milliseconds, because a limit of centuries does not fit a clock that counts nanoseconds.
  const auto too_old = [&](const Kept& kept) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - kept.at) >= age_max_;
  };
  while (!entries_.empty() && too_old(entries_.front())) drop_oldest();
}

// How many of the entries have this offset or a lower one.
std::size_t History::count_up_to(std::uint64_t offset) const {
  const std::uint64_t newest_gone = top_ - entries_.size();
  if (offset <= newest_gone) return 0;
  return static_cast<std::size_t>(std::min(offset, top_) - newest_gone);
}

std::vector<HistoryEntry> History::copy(std::size_t begin, std::size_t end) const {
  std::vector<HistoryEntry> entries;
  entries.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) entries.push_back(entries_[i].entry);
  return entries;
}

void History::drop_oldest() {
  const Kept& oldest = entries_.front();
  if (!oldest.key.empty()) by_key_.erase(repeatable(oldest));
  bytes_ -= oldest.bytes();
  budget_.give_back(oldest.bytes());
  entries_.pop_front();
}

}  // namespace sentix::channels
