#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/channel_options.h"
#include "channels/history_budget.h"
#include "channels/position.h"
#include "channels/repeatable.h"
#include "channels/storage.h"
#include "protocol/message_draft.h"

namespace sentix::channels {

// One kept publication, as subscribers got it. A value; copies share the frame.
struct HistoryEntry {
  std::uint64_t offset = 0;
  protocol::MessageFrame message;
};

// The last publications of one channel, bounded by count, by bytes and by age, and by what all histories may take
// together: over it, this one lets go of its own oldest. Offsets are dense, so finding one is a subtraction.
//
// Ages are looked at in expire() only, which whoever reads calls first. Belongs to whoever holds the channel's lock.
class History {
 public:
  // `options` keeps a history (keeps_history()). The epoch is new and random. The budget outlives it.
  History(const ChannelOptions& options, HistoryBudget& budget);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  [[nodiscard]] Position top() const { return {epoch_, top_}; }
  [[nodiscard]] std::uint64_t next_offset() const { return top_ + 1; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // Goes on behind `position`, as if everything up to it had been kept and let go of. The history is empty.
  void resume(const Position& position);

  // As if a message that was stored had been kept, and let go of at once: there is no memory for it.
  void skip() noexcept;

  // Keeps a message that carries next_offset(), as far as the bounds let it: one that is larger than all of them was
  // in the history, and is gone at once. `key` is remembered as long as the entry is kept; empty: none.
  void add(protocol::MessageFrame message, std::string key, Time now);

  // The offset of the kept publication with this key, and with these very bytes of `data`.
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view key, std::string_view data) const;

  // Everything that came after `since`, oldest first; nullopt where that cannot be told: another epoch, a position that
  // was never reached, or one after which something has been let go of already.
  [[nodiscard]] std::optional<std::vector<HistoryEntry>> missed_since(const Position& since) const;

  // Without `since`, or where its epoch is another one: the newest `limit` entries. With it: the oldest `limit` after
  // it. Oldest first; with `reverse` the same entries, newest first.
  [[nodiscard]] std::vector<HistoryEntry> read(std::size_t limit, const std::optional<Position>& since,
                                               bool reverse) const;

  // The offset of the oldest entry; next_offset() where there is none.
  [[nodiscard]] std::uint64_t first_kept() const { return next_offset() - entries_.size(); }

  // All that is kept, as a storage has it.
  [[nodiscard]] std::vector<StoredPublication> stored() const;

  // Lets go of what is older than the channel's history_ttl.
  void expire(Time now);

 private:
  struct Kept {
    HistoryEntry entry;
    Time at;
    std::string key;

    // What it takes in memory, about: the frame, and what every entry costs beside it.
    [[nodiscard]] std::size_t bytes() const { return sizeof(Kept) + entry.message.frame.bytes().size() + key.size(); }
  };

  // Views of Kept::key, which a deque never moves, and of the entry's frame.
  static Repeatable repeatable(const Kept& kept) { return {kept.key, kept.entry.message.data_json()}; }
  [[nodiscard]] std::size_t count_up_to(std::uint64_t offset) const;
  [[nodiscard]] std::vector<HistoryEntry> copy(std::size_t begin, std::size_t end) const;
  void drop_oldest();

  HistoryBudget& budget_;
  std::size_t size_max_;
  std::size_t bytes_max_;
  std::chrono::milliseconds age_max_;
  std::string epoch_;
  std::uint64_t top_ = 0;
  std::size_t bytes_ = 0;
  std::deque<Kept> entries_;  // oldest first, the last has offset top_
  std::unordered_map<Repeatable, std::uint64_t, RepeatableHash> by_key_;
};

}  // namespace sentix::channels
