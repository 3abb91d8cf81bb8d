#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/broker.h"
#include "channels/durable_log.h"
#include "channels/storage.h"

namespace sentix::channels {

// What MemoryBroker knows of one channel, from its creation until it has gone. Everything here happens with the lock of
// the channel's stripe held; that makes the order in which publications are numbered the order in which every inbox
// gets them.
class ChannelState {
 public:
  // What all channels share, and what outlives this.
  struct Keeping {
    HistoryBudget& budget;
    Storage* storage = nullptr;  // null: nothing is stored
  };

  ChannelState(std::string_view name, const ChannelRules::Rule& rule, const Keeping& keeping, Incarnation incarnation,
               Time now);

  [[nodiscard]] bool full() const;
  [[nodiscard]] std::size_t clients() const { return clients_; }
  [[nodiscard]] std::size_t clients_max() const { return options_->max_clients; }
  [[nodiscard]] bool durable() const { return log_.has_value(); }
  [[nodiscard]] Incarnation incarnation() const { return incarnation_; }

  Broker::Subscribed subscribe(const Broker::Subscribing& request);
  // Where it is and who is there.
  [[nodiscard]] Broker::Subscribed describe(Time now);
  // Returns when to call tell_leaves(), where nothing has asked for that yet; and so does that.
  [[nodiscard]] std::optional<Time> unsubscribe(Inbox& inbox, SessionId session, Time now) noexcept;
  std::optional<Time> tell_leaves(Time now) noexcept;

  // Whoever listens in is no client; the inbox has none here.
  void listen_in(Inbox& inbox) { listeners_.push_back({&inbox, 1}); }
  void ignore(Inbox& inbox, Time now) noexcept;

  // `draft` is the request's data, encoded before the lock was taken.
  Broker::Published publish(const Broker::Publishing& request, protocol::MessageDraft draft);
  bool signal(protocol::SharedFrame frame, SessionId except) noexcept { return send(std::move(frame), except, false); }

  bool wait_turn(const Broker::Author& author);

  // What the storage says of those that wait (StorageResults).
  void stored(const Storage::Attempt& attempt, std::uint64_t offset) noexcept;
  void not_stored(const Storage::Attempt& attempt) noexcept;

  // Takes over what was stored. Nothing has been published yet.
  void restore(const StoredChannel& stored, Time now);
  // What an orderly stop has to store: nothing where that has been done all along, or is not to be.
  [[nodiscard]] std::optional<StoredChannel> to_store(Time now);

  [[nodiscard]] std::optional<Broker::Read> read(const Broker::Reading& request);
  [[nodiscard]] std::optional<MemberList> members(std::size_t members_max) const;

  void expire(Time now);

  // Whether nothing would be missed: nobody listens, and it is not persistent, or it is so merely by a pattern or a
  // default and has been left alone for longer than its history reaches.
  [[nodiscard]] bool forgettable(Time now) const;

 private:
  struct Listener {
    Inbox* inbox;
    std::size_t clients;
  };

  Broker::Published publish_durably(const Broker::Publishing& request, protocol::MessageDraft draft, std::string key);
  void answer_in_turn(const Broker::Author& author, std::optional<std::uint64_t> offset);
  [[nodiscard]] Broker::Published told(const std::optional<std::uint64_t>& offset) const;
  bool send(protocol::SharedFrame frame, SessionId except, bool tells_members) noexcept;
  std::optional<MemberList> join(const Broker::Subscribing& request);
  void add_client(Inbox& inbox);
  void remove_client(Inbox& inbox) noexcept;
  void remove_listener(Inbox& inbox) noexcept;

  std::string name_;
  ChannelOptionsPtr options_;
  bool configured_;  // by exact name
  Incarnation incarnation_;
  std::uint64_t sequence_ = 0;
  Time last_active_;  // when somebody last left or published
  std::size_t clients_ = 0;
  std::vector<Listener> listeners_;  // as many as there are workers with clients here, and who listens in
  std::optional<History> history_;
  std::optional<DurableLog> log_;   // where the channel is durable, which has a history
  std::uint64_t first_stored_ = 1;  // what the storage was last told to keep
  std::optional<Presence> presence_;
};

}  // namespace sentix::channels
