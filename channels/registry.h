#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/channel_rules.h"
#include "channels/publication.h"
#include "channels/session.h"

namespace sentix::channels {

// That one session listens to one channel: the channel's end of the edge. The other is Listening. Everything
// that delivery reads stands here in a row, so that fan-out walks one array.
struct Subscription {
  Session* session;
  Peer* peer;                      // the session's
  std::uint64_t since;             // takes publications with a higher sequence
  std::uint32_t place_in_session;  // index in Session::listening()
  bool shows_members;              // takes joins and leaves too
};

static_assert(sizeof(void*) != 8 || sizeof(Subscription) <= 32, "fan-out reads one for each delivery");

// One channel as one worker sees it: those of its clients that are connected here. There while there is at least one.
class Channel {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Incarnation incarnation() const { return incarnation_; }

  // The rule in force, which is the newest: looked up again only when something has been defined meanwhile.
  [[nodiscard]] const ChannelRules::Rule& rule(const ChannelRules& rules);

  [[nodiscard]] std::span<const Subscription> subscriptions() const { return subscriptions_; }

 private:
  friend class Registry;
  Channel(std::string_view name, Incarnation incarnation) : name_(name), incarnation_(incarnation) {}

  std::string name_;
  Incarnation incarnation_;
  ChannelRules::Rule rule_;
  std::uint64_t rules_generation_ = 0;  // of the rules that `rule_` was found in; 0: of none
  std::vector<Subscription> subscriptions_;
};

// Who of this worker's sessions listens to which channel. Two views of one set of edges, session to channels and
// channel to sessions, that change together or not at all; each end knows the place of the other, so an edge goes
// without a search in a channel's long list. Belongs to one worker.
class Registry {
 public:
  Registry() = default;
  ~Registry();  // every session has left
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The channel of that name, null where no session here listens to it. Lives until its last subscription is removed.
  [[nodiscard]] Channel* find(std::string_view name) const;

  // The same, null where this session does not listen to it.
  [[nodiscard]] Channel* find(const Session& session, std::string_view name) const;

  [[nodiscard]] std::size_t channel_count() const { return by_name_.size(); }

  // Adds the edge, which must not be there yet, or throws std::bad_alloc and adds nothing. All sessions on a channel
  // name the same incarnation. Who comes and who goes is told to a session that `shows_members` alone.
  void add(Session& session, std::string_view name, Incarnation incarnation, std::uint64_t since, bool shows_members);

  // Takes away the edge, which must be there; with its last one the channel is gone afterwards.
  void remove(Session& session, Channel& channel) noexcept;

  // Hands the publication to every subscriber here that is to get it. Returns how many. Peers only queue, so nothing
  // changes under the iteration.
  std::size_t deliver(const Publication& publication) const;

 private:
  void forget_if_empty(const Channel& channel) noexcept;
  Channel& find_or_create(std::string_view name, Incarnation incarnation);

  std::unordered_map<std::string_view, std::unique_ptr<Channel>> by_name_;  // keys view Channel::name_
  std::unordered_map<Incarnation, Channel*> by_incarnation_;
};

}  // namespace sentix::channels
