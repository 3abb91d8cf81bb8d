#include "core/redis/redis_channel.h"

#include <algorithm>
#include <utility>

#include "channels/wire_values.h"
#include "protocol/event_encoder.h"
#include "protocol/message_draft.h"

namespace sentix::core {

using channels::SessionId;

std::string redis_session_name(std::string_view node, SessionId session) {
  return session == SessionId::none ? std::string() : std::string(node) + '/' + channels::to_text(session);
}

RedisChannel::RedisChannel(std::string_view name, const channels::ChannelRules::Rule& rule,
                           channels::Incarnation incarnation, std::string_view self)
    : name_(name), rule_(rule), incarnation_(incarnation), self_(self) {}

void RedisChannel::enter(const RedisEntry& entry) {
  clients_.emplace(entry.session, Client{entry.inbox, entry.member.user});
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [&](const Listener& listener) { return listener.inbox == entry.inbox; });
  if (found == listeners_.end()) {
    listeners_.push_back({entry.inbox, 1});
  } else {
    ++found->clients;
  }
  if (options().presence) {
    LocalMember& member = members_.try_emplace(entry.member.user, LocalMember{entry.member.info}).first->second;
    ++member.connections;
  }
}

std::optional<RedisChannel::Client> RedisChannel::leave(SessionId session, channels::Time now) {
  const auto node = clients_.extract(session);
  if (node.empty()) {
    return std::nullopt;
  }
  Client client = std::move(node.mapped());
  const auto listener = std::find_if(listeners_.begin(), listeners_.end(),
                                     [&](const Listener& one) { return one.inbox == client.inbox; });
  if (--listener->clients == 0) {
    listeners_.erase(listener);
  }
  if (const auto member = members_.find(client.user); member != members_.end()) {
    --member->second.connections;
    member->second.leaves_at = now + options().presence_grace;
  }
  return client;
}

bool RedisChannel::depart(const std::string& user, channels::Time now) {
  const auto member = members_.find(user);
  if (member == members_.end() || member->second.connections > 0 || member->second.leaves_at > now) {
    return false;
  }
  members_.erase(member);
  return true;
}

void RedisChannel::ignore(const channels::Inbox& inbox) {
  const auto found = std::find_if(taps_.begin(), taps_.end(), [&](const auto& tap) { return tap.get() == &inbox; });
  if (found != taps_.end()) {
    taps_.erase(found);
  }
}

void RedisChannel::publication(std::uint64_t offset, std::string_view data, std::string_view user_json) {
  try {
    protocol::MessageDraft draft(name_, data, user_json);
    post(std::move(draft).finish(offset == 0 ? std::nullopt : std::optional(offset)).frame, SessionId::none, false);
  } catch (...) {
    lose();
  }
}

void RedisChannel::signal(const RedisMessage& message) {
  try {
    for (const auto& [one, other] : message.items) {
      const SessionId except = local(message.except);
      if (message.kind == RedisMessage::Kind::frames) {
        post(protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(one))), except, false);
      } else if (message.kind == RedisMessage::Kind::joined) {
        post(protocol::encode(protocol::Joined{name_, channels::to_wire(channels::Member{one, other, 1})}), except,
             true);
      } else {
        post(protocol::encode(protocol::Left{name_, channels::to_wire(channels::Member{one, other, 0})}), except, true);
      }
    }
  } catch (...) {
    lose();
  }
}

// A client takes the offset as that of the first message that can still come.
void RedisChannel::gap(const channels::Position& position) {
  try {
    post(protocol::encode(protocol::Gap{name_, {position.epoch, position.offset + 1}}), SessionId::none, false);
  } catch (...) {
    lose();
  }
}

void RedisChannel::post(protocol::SharedFrame frame, SessionId except, bool tells_members) noexcept {
  channels::Publication publication{std::move(frame), incarnation_, ++sequence_, except, tells_members};
  for (const Listener& listener : listeners_) {
    publication.receivers = static_cast<std::uint32_t>(listener.clients);
    listener.inbox->post(publication);
  }
  for (const auto& tap : taps_) {
    tap->post(publication);
  }
}

void RedisChannel::lose() noexcept {
  for (const Listener& listener : listeners_) {
    listener.inbox->lose();
  }
  for (const auto& tap : taps_) {
    tap->lose();
  }
}

SessionId RedisChannel::local(std::string_view except) const {
  if (!except.starts_with(self_) || except.size() <= self_.size()) {
    return SessionId::none;
  }
  return channels::parse_session_id(except.substr(self_.size() + 1)).value_or(SessionId::none);
}

}  // namespace sentix::core
