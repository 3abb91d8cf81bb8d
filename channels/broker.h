#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/channel_rules.h"
#include "channels/history.h"
#include "channels/inbox.h"
#include "channels/position.h"
#include "channels/presence.h"
#include "channels/publication.h"
#include "protocol/shared_frame.h"

namespace sentix::channels {

// The one object that all workers share for channels: it gives every publication its place in its channel's order,
// hands it to every interested worker, keeps history, counts clients and members.
//
// Guarantees, per channel:
//  - every inbox gets the publications in one and the same order, that of Publication::sequence;
//  - storing a publication and handing it out is one step, and so are beginning to listen and reading the history (so
//  that a subscriber
//    sees no gap and no duplicate between what it recovers and what comes next);
//  - offsets of kept publications are dense within an epoch.
//
// A channel comes into being when it is first needed, where its rule lets it (Rule::can_exist). What it keeps and how
// many it takes stay as its options were when it began; who may do what is not asked here (Access). One that is
// configured by name counts as having been there from the start.
//
// Any thread may call anything. A broker that cannot be reached is for its implementation to handle; nothing here
// throws but std::bad_alloc. Names of channels have been checked (protocol/names.h).
class Broker {
 public:
  virtual ~Broker() = default;

  // Who asks, and may have to be answered later: `later` is what the call returns then, and the answer comes once. A
  // broker in this process answers at once; one that has to ask another process first does not.
  template <class Result>
  class Asker {
   public:
    // Called on any thread, perhaps with locks held: it may only post to an inbox, and throws nothing.
    using Answer = std::function<void(const Result&)>;
    [[nodiscard]] virtual Answer answer_later() const = 0;

   protected:
    ~Asker() = default;
  };

  struct Subscribed;
  struct Subscribing {
    std::string_view channel;
    const ChannelRules::Rule& rule;
    Inbox& inbox;  // the subscriber's worker
    SessionId session;
    const Member& member;                // who to list where the channel has presence, as one connection
    std::optional<Position> since = {};  // recover what came after it
    Time now;
    bool again = false;  // the session is on the channel: where it is and who is there is told, and nothing changes
    const Asker<Subscribed>* asker = nullptr;  // borrowed for the call; null: who cannot be answered later
  };
  struct Subscribed {
    enum class Outcome : std::uint8_t {
      ok,
      not_found,
      channel_full,
      too_many_channels,
      later,        // the asker's answer comes; until then unsubscribe() takes the request back
      unavailable,  // the broker cannot be asked, or the asker not be answered
    } outcome = Outcome::ok;
    Incarnation incarnation = 0;
    std::size_t clients_max = 0;             // of a channel that is full
    std::uint64_t sequence = 0;              // the subscription takes publications above it
    std::optional<Position> top = {};        // where history is kept: the newest position
    bool recovered = false;                  // `missed` is exactly what came after `since`
    std::vector<HistoryEntry> missed = {};   // oldest first
    std::optional<MemberList> members = {};  // where the channel has presence, the new one included
  };
  // Counts one more client of `inbox` on the channel. From here on the inbox gets the channel's publications. The
  // session must not be on the channel yet, unless it asks `again`.
  virtual Subscribed subscribe(const Subscribing& request) = 0;

  // Takes a client away again that subscribe() counted. A channel that nobody listens to goes, unless it is persistent.
  // Where that was its user's last one, the others are told when the channel's presence_grace is over.
  virtual void unsubscribe(std::string_view channel, Inbox& inbox, SessionId session, Time now) noexcept = 0;

  struct Published;
  using Author = Asker<Published>;
  using Answer = Author::Answer;

  struct Publishing {
    std::string_view channel;
    const ChannelRules::Rule& rule;
    std::string_view data;       // one valid JSON value
    std::string_view user = {};  // the authenticated publisher's name, or empty
    // Idempotency key: while a publication of this user with this key and the same bytes of data is still in the
    // history, another one is neither stored nor sent, and its answer is the first one's position. Other data under
    // the same key is another publication.
    std::string_view key = {};
    Time now;
    const Author* author = nullptr;  // borrowed for the call; null: nobody is to be answered later
  };
  struct Published {
    enum class Outcome : std::uint8_t {
      ok,
      not_found,
      too_many_channels,
      later,       // it is being stored: the author's answer comes when it is (ok) or when it could not be (not_stored)
      not_stored,  // nobody gets it, because the storage fails or the broker cannot be reached
      unknown,     // the broker was lost before it answered: it may have been published, or not
      unsafe,      // it is stored, but not in as many places as it has to be: it may be published later, or be lost
    } outcome = Outcome::ok;
    std::optional<Position> position = {};  // where it was kept
    bool congested = false;                 // some inbox, or what stores it, has too much waiting
    bool local = false;                     // of several servers, only this one's subscribers got it (WithoutRedis)
    struct Copies {
      std::uint64_t there = 0;
      std::uint64_t wanted = 0;
    } copies = {};  // of one that is unsafe: how many replicas have it for sure
  };
  // A channel that is not there, and would keep nothing for later, is not created: it has nobody who could hear it.
  virtual Published publish(const Publishing& request) = 0;

  // For one who publishes to a channel and is answered without the broker: whether its answer has to come in turn,
  // because others, of which some may be its own, can still be waiting for theirs. Then an `ok` without a position
  // does.
  virtual bool wait_turn(std::string_view channel, const Author& author) = 0;

  // From here on `inbox` gets what is published to the channel, joins and leaves included, without being its client: it
  // is not counted, not listed, and asks no permission. The channel comes into being as for a client, and is there
  // until ignore(), which is due once for each listen_in() that was `ok`. A post may still be under way after that.
  virtual Subscribed::Outcome listen_in(std::string_view channel, const ChannelRules::Rule& rule,
                                        const std::shared_ptr<Inbox>& inbox, Time now) = 0;
  virtual void ignore(std::string_view channel, const std::shared_ptr<Inbox>& inbox, Time now) noexcept = 0;

  // Hands a finished frame to the channel's subscribers in its order, without keeping it. Returns whether some inbox
  // has too much waiting. A channel that is not there has nobody who could hear it.
  virtual bool signal(std::string_view channel, const protocol::SharedFrame& frame, SessionId except) = 0;

  // Whether a question could be answered at once.
  enum class Answered : std::uint8_t { now, later, unavailable };

  struct Read;
  struct Reading {
    std::string_view channel;
    const ChannelRules::Rule& rule;
    std::size_t limit = 100;
    std::optional<Position> since = {};  // ignored where its epoch is not the channel's
    bool reverse = false;
    Time now;
    const Asker<std::optional<Read>>* asker = nullptr;  // as of Subscribing
  };
  struct Read {
    Position top;
    std::vector<HistoryEntry> entries;  // see History::read
    Answered answered = Answered::now;
  };
  // nullopt: the channel is not there, or keeps no history.
  virtual std::optional<Read> history(const Reading& request) = 0;

  struct Members : MemberList {
    Answered answered = Answered::now;
  };
  // Who is there: at most `members_max` of them, and no more than the channel's presence_members. nullopt: the channel
  // is not there, or has no presence.
  virtual std::optional<Members> members(std::string_view channel, const ChannelRules::Rule& rule,
                                         std::size_t members_max,
                                         const Asker<std::optional<Members>>* asker = nullptr) = 0;

  // Whether the channel is there at this moment.
  [[nodiscard]] virtual bool has(std::string_view channel) = 0;

  struct Listed {
    std::string channel;
    std::size_t clients = 0;
  };
  // The first `limit` of the channels that are there whose names begin with `prefix` and come after `after`, in the
  // order of their names. It looks at every channel.
  [[nodiscard]] virtual std::vector<Listed> list(std::string_view prefix, std::string_view after,
                                                 std::size_t limit) = 0;

  // How many channels there are.
  [[nodiscard]] virtual std::size_t channel_count() const = 0;

  // How many channels there may be at one time: over it, too_many_channels.
  [[nodiscard]] virtual std::size_t channels_max() const = 0;
  virtual void set_channels_max(std::size_t channels_max) = 0;  // who is there already stays

  // Tells the leaves of those whose presence_grace is over. To be called several times a second.
  virtual void tell_leaves(Time now) noexcept = 0;

  // Lets go of what has outlived its time. To be called every few seconds.
  virtual void expire(Time now) = 0;

  // Whether what is published waits here longer than it should: publishers are to be read from more slowly.
  [[nodiscard]] virtual bool congested() const = 0;

  // Why it cannot do its work at the moment, in a sentence; empty where it can.
  [[nodiscard]] virtual std::string problem() const = 0;
};

}  // namespace sentix::channels
