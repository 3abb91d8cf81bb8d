#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "channels/broker.h"
#include "channels/channel_state.h"
#include "channels/storage.h"

namespace sentix::channels {

// The broker of a single process: channels live in memory, in stripes by the hash of their names, each with its lock.
// Two channels meet in one lock only by chance, and a lock is held for a few hash look-ups and one post to each
// interested worker.
//
// Lock order: a stripe's mutex, then an inbox's. Never two stripes at once. Nothing is called out to with a stripe's
// lock held but Inbox::post and Inbox::congested, a storage that only queues, and the answers to publishers that waited
// for it, which only post.
//
// With a storage, durable channels (ChannelOptions::durable) are written to it: a publication to one waits there, with
// no lock held, until it is stored, and only then goes into the history and to the subscribers. Other persistent
// channels are stored when the process ends in order.
class MemoryBroker final : public Broker, public StorageResults {
 public:
  // How many channels there may be at one time. It bounds what clients can make the server remember by inventing names;
  // channels that are configured by name count, but are never refused.
  static constexpr std::size_t kChannelsMaxDefault = 100'000;

  // What all histories may take together (HistoryBudget).
  static constexpr std::size_t kHistoryBytesMaxDefault = std::size_t{1} << 30;

  explicit MemoryBroker(std::size_t channels_max = kChannelsMaxDefault,
                        std::size_t history_bytes_max = kHistoryBytesMaxDefault, Storage* storage = nullptr)
      : channels_max_(channels_max), history_budget_(history_bytes_max), storage_(storage) {}

  Subscribed subscribe(const Subscribing& request) override;
  void unsubscribe(std::string_view channel, Inbox& inbox, SessionId session, Time now) noexcept override;
  Published publish(const Publishing& request) override;
  bool wait_turn(std::string_view channel, const Author& author) override;
  bool signal(std::string_view channel, const protocol::SharedFrame& frame, SessionId except) override;
  Subscribed::Outcome listen_in(std::string_view channel, const ChannelRules::Rule& rule,
                                const std::shared_ptr<Inbox>& inbox, Time now) override;
  void ignore(std::string_view channel, const std::shared_ptr<Inbox>& inbox, Time now) noexcept override;
  std::optional<Read> history(const Reading& request) override;
  std::optional<Members> members(std::string_view channel, const ChannelRules::Rule& rule, std::size_t members_max,
                                 const Asker<std::optional<Members>>* asker = nullptr) override;
  [[nodiscard]] bool has(std::string_view channel) override;
  void tell_leaves(Time now) noexcept override;
  [[nodiscard]] std::vector<Listed> list(std::string_view prefix, std::string_view after, std::size_t limit) override;
  void expire(Time now) override;
  [[nodiscard]] bool congested() const override { return storage_ != nullptr && storage_->congested(); }
  [[nodiscard]] std::string problem() const override { return {}; }
  [[nodiscard]] std::size_t channels_max() const override { return channels_max_; }
  void set_channels_max(std::size_t channels_max) override { channels_max_ = channels_max; }

  void stored(std::string_view channel, const Storage::Attempt& attempt, std::uint64_t offset) noexcept override;
  void not_stored(std::string_view channel, const Storage::Attempt& attempt) noexcept override;

  // What becomes of a channel that was stored.
  enum class Restored : std::uint8_t {
    durable,  // it goes on from there, and its storage with it
    memory,   // it goes on from there, in memory alone: the storage is to forget it before anything is published
    unknown,  // no rule keeps a channel of this name: it is not there, and its storage is left alone
  };
  // Before anybody does anything else.
  Restored restore(const StoredChannel& stored, const ChannelRules::Rule& rule, Time now);

  // Hands `store` what only an orderly stop stores. After everybody has done everything else.
  void store_rest(Time now, const std::function<void(StoredChannel)>& store);

  [[nodiscard]] std::size_t channel_count() const override { return channel_count_.load(std::memory_order_relaxed); }
  [[nodiscard]] const HistoryBudget& history_budget() const { return history_budget_; }

 private:
  struct NameHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Channels = std::unordered_map<std::string, ChannelState, NameHash, std::equal_to<>>;

  // A channel, in the life that it had then, whose leaves are to be told.
  struct Leaves {
    std::string channel;
    Incarnation incarnation;
  };

  struct alignas(64) Stripe {
    std::mutex mutex;
    Channels channels;
    std::multimap<Time, Leaves> leaves;  // by when; of each channel once
  };

  Stripe& stripe_of(std::string_view channel);
  static ChannelState* find(Stripe& stripe, std::string_view channel);
  // The channel, created where it is not there. Null: there are too many.
  ChannelState* find_or_create(Stripe& stripe, std::string_view channel, const ChannelRules::Rule& rule, Time now);
  bool take_room(const ChannelRules::Rule& rule);
  void forget(Channels& channels, Channels::iterator channel) noexcept;
  static void await_leaves(Stripe& stripe, std::string_view name, ChannelState& channel,
                           std::optional<Time> due) noexcept;

  std::atomic<std::size_t> channels_max_;
  HistoryBudget history_budget_;
  Storage* const storage_;  // null: there is none
  std::atomic<std::size_t> channel_count_{0};
  std::atomic<Incarnation> last_incarnation_{0};
  std::array<Stripe, 64> stripes_;
};

}  // namespace sentix::channels
