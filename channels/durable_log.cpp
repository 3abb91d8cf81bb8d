#include "channels/durable_log.h"

#include <cassert>
#include <utility>

namespace sentix::channels {

void DurableLog::append(std::string_view channel, const std::string& epoch, Pending publication,
                        const Broker::Author* author) {
  if (author != nullptr) publication.waiters.push_back({author->answer_later(), publication.offset});
  Storage::Append append{.channel = std::string(channel),
                         .position = {epoch, publication.offset},
                         .at = publication.at,
                         .key = publication.key,
                         .message = publication.message,
                         .synced = synced_,
                         .attempt = attempt_};
  const Pending& pending = pending_.emplace_back(std::move(publication));
  try {
    if (!pending.key.empty()) by_key_.emplace(repeatable(pending), pending.offset);
    storage_.append(std::move(append));
  } catch (...) {
    if (!pending.key.empty()) by_key_.erase(repeatable(pending));
    pending_.pop_back();
    throw;
  }
}

std::optional<std::uint64_t> DurableLog::find(std::string_view key, std::string_view data) const {
  if (key.empty()) return std::nullopt;
  const auto found = by_key_.find({key, data});
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

void DurableLog::wait_turn(const Broker::Author& author, std::optional<std::uint64_t> offset) {
  assert(!pending_.empty());
  pending_.back().waiters.push_back({author.answer_later(), offset});
}

std::optional<DurableLog::Pending> DurableLog::take_stored(const Storage::Attempt& attempt, std::uint64_t stored) {
  if (attempt != attempt_ || pending_.empty() || pending_.front().offset > stored) return std::nullopt;
  if (!pending_.front().key.empty()) by_key_.erase(repeatable(pending_.front()));
  std::optional<Pending> oldest(std::move(pending_.front()));
  pending_.pop_front();
  return oldest;
}

std::deque<DurableLog::Pending> DurableLog::take_failed(const Storage::Attempt& attempt) noexcept {
  if (attempt != attempt_) return {};
  ++attempt_.number;
  by_key_.clear();
  return std::exchange(pending_, {});
}

}  // namespace sentix::channels
