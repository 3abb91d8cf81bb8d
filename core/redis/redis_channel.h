#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "channels/broker.h"
#include "core/redis/redis_follower.h"

namespace sentix::core {

// One who is to enter a channel, or who is there and asks where it is.
struct RedisEntry {
  channels::Inbox* inbox = nullptr;
  channels::SessionId session{};
  channels::Member member;
  std::optional<channels::Position> since;
  bool again = false;
  bool taken_back = false;  // while its question is under way
  channels::Broker::Asker<channels::Broker::Subscribed>::Answer answer;
};

// What one node knows of one channel, while it has clients there or is about to: who they are, and its place in the
// stream, which it hands out to their workers. Belongs to the broker's thread.
class RedisChannel final : public RedisFollower::Sink {
 public:
  // `self` names this node to the others: of sessions that messages except, those of other nodes are not meant.
  RedisChannel(std::string_view name, const channels::ChannelRules::Rule& rule, channels::Incarnation incarnation,
               std::string_view self);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const channels::ChannelRules::Rule& rule() const { return rule_; }
  [[nodiscard]] const channels::ChannelOptions& options() const { return *rule_.options; }
  [[nodiscard]] channels::Incarnation incarnation() const { return incarnation_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  [[nodiscard]] RedisFollower& follower() { return follower_; }

  // Whether its clients are counted over all nodes.
  [[nodiscard]] bool counted() const { return options().max_clients > 0 || options().presence; }
  // Whether it goes on without Redis.
  [[nodiscard]] bool may_be_apart() const {
    return options().without_redis == channels::WithoutRedis::local && !options().keeps_history();
  }
  // Whether the stream has to be asked when somebody enters.
  [[nodiscard]] bool asks() const { return counted() || options().keeps_history(); }

  struct LocalMember {
    std::string info;
    std::size_t connections = 0;
    channels::Time leaves_at = {};  // where it has none
  };
  struct Client {
    channels::Inbox* inbox;
    std::string user;
  };

  void enter(const RedisEntry& entry);
  // The client that was there, or nothing.
  std::optional<Client> leave(channels::SessionId session, channels::Time now);
  // Takes the member away whose grace is over. False: it has come back, or has gone already.
  bool depart(const std::string& user, channels::Time now);

  // Who hears everything and is no client. What is not listened in to is not ignored.
  void listen_in(const std::shared_ptr<channels::Inbox>& inbox) { taps_.push_back(inbox); }
  void ignore(const channels::Inbox& inbox);

  // Whether its place in the stream is to be asked for, although nobody enters.
  [[nodiscard]] bool has_to_ask() const {
    const bool unknown = !taps_.empty() && options().keeps_history() && !follower_.known() && follower_.may_ask();
    return !pauses && (unknown || follower_.doubtful());
  }

  // Whether there is no room for what is published to it.
  [[nodiscard]] bool full() const {
    return std::any_of(listeners_.begin(), listeners_.end(), [](const Listener& one) { return one.inbox->full(); });
  }

  [[nodiscard]] bool has(channels::SessionId session) const { return clients_.contains(session); }
  [[nodiscard]] std::size_t client_count() const { return clients_.size(); }
  [[nodiscard]] const std::map<std::string, LocalMember>& members() const { return members_; }

  // --- Of the broker that has it ---

  enum class Listening : std::uint8_t { no, asked, yes } listening = Listening::no;
  std::uint64_t listens_at = 0;                       // RedisShard::subscriptions, unless it is `no`
  std::string place;                                  // where its clients are counted (RedisLeases); or nowhere yet
  std::deque<std::shared_ptr<RedisEntry>> waiting;    // to ask, or to be listening
  std::deque<std::shared_ptr<RedisEntry>> under_way;  // have asked
  bool out_of_step = false;                           // what the stream has of this node's clients is to be set anew
  bool pauses = false;  // its last question failed, there is no room for an answer, or it cannot be listened to
  // What is published on this node stays here, and what the others publish is not heard: from the first publication
  // without Redis until it is listened to anew. So whatever was still under way there cannot overtake.
  bool apart = false;

  // Nothing is missed when it goes.
  [[nodiscard]] bool idle() const {
    return clients_.empty() && taps_.empty() && members_.empty() && waiting.empty() && under_way.empty() &&
           follower_.under_way() == 0;
  }

 private:
  struct Listener {
    channels::Inbox* inbox;
    std::size_t clients;
  };

  void publication(std::uint64_t offset, std::string_view data, std::string_view user_json) override;
  void signal(const RedisMessage& message) override;
  void gap(const channels::Position& position) override;
  void post(protocol::SharedFrame frame, channels::SessionId except, bool tells_members) noexcept;
  void lose() noexcept;
  [[nodiscard]] channels::SessionId local(std::string_view except) const;

  const std::string name_;
  const channels::ChannelRules::Rule rule_;
  const channels::Incarnation incarnation_;
  const std::string self_;
  std::uint64_t sequence_ = 0;
  RedisFollower follower_{*this};
  std::unordered_map<channels::SessionId, Client> clients_;
  std::vector<Listener> listeners_;  // as many as there are workers with clients here
  std::vector<std::shared_ptr<channels::Inbox>> taps_;
  std::map<std::string, LocalMember> members_;  // where it has presence: those of this node
};

// How a message names a session of a node: NODE/SESSION.
[[nodiscard]] std::string redis_session_name(std::string_view node, channels::SessionId session);

}  // namespace sentix::core
