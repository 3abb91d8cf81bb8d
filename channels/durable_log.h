#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/broker.h"
#include "channels/repeatable.h"
#include "channels/storage.h"

namespace sentix::channels {

// The publications of one durable channel that have their place and are not stored yet: nobody has seen them, and their
// publishers wait. They leave in order, when the storage has told that they are stored, or all at once when one of them
// could not be; then the offsets that they had are free again, because nobody was told of them.
//
// Belongs to whoever holds the channel's lock.
class DurableLog {
 public:
  // One publisher that waits: for its own publication, or, to be answered in its turn, behind another one.
  struct Waiter {
    Broker::Answer answer;
    std::optional<std::uint64_t> offset;  // what it is told; none: of what no history keeps
  };
  struct Pending {
    std::uint64_t offset = 0;
    protocol::MessageFrame message;
    std::string key;
    Time at;
    std::vector<Waiter> waiters;
  };

  // The storage outlives this.
  DurableLog(Storage& storage, Incarnation life, bool synced) : storage_(storage), attempt_{life, 1}, synced_(synced) {}
  DurableLog(const DurableLog&) = delete;
  DurableLog& operator=(const DurableLog&) = delete;

  [[nodiscard]] bool empty() const { return pending_.empty(); }
  [[nodiscard]] std::size_t size() const { return pending_.size(); }
  [[nodiscard]] Storage& storage() { return storage_; }

  // Hands a publication over to the storage. Throws std::bad_alloc alone, and then nothing has happened. `author` may
  // be null: nobody waits.
  void append(std::string_view channel, const std::string& epoch, Pending publication, const Broker::Author* author);

  // The offset of the pending publication with this key, and with these very bytes of `data`.
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view key, std::string_view data) const;

  // Answers `author` with `offset` after those who wait already. Something is pending.
  void wait_turn(const Broker::Author& author, std::optional<std::uint64_t> offset);

  // The oldest one, if the storage's `attempt` is the present one and has stored it.
  [[nodiscard]] std::optional<Pending> take_stored(const Storage::Attempt& attempt, std::uint64_t stored);

  // All of them, if `attempt` is the present one; what is appended from here on is another attempt.
  [[nodiscard]] std::deque<Pending> take_failed(const Storage::Attempt& attempt) noexcept;

 private:
  static Repeatable repeatable(const Pending& pending) { return {pending.key, pending.message.data_json()}; }

  Storage& storage_;
  Storage::Attempt attempt_;
  const bool synced_;
  std::deque<Pending> pending_;  // oldest first, with dense offsets
  std::unordered_map<Repeatable, std::uint64_t, RepeatableHash> by_key_;
};

}  // namespace sentix::channels
