#include "core/redis/redis_hub.h"

#include <algorithm>
#include <utility>

#include "core/redis/redis_replies.h"
#include "core/redis/redis_scripts.h"
#include "protocol/message_draft.h"

namespace sentix::core {
namespace {

using channels::Broker;
using channels::SessionId;
using channels::Time;
using Outcome = Broker::Subscribed::Outcome;
using Listening = RedisChannel::Listening;

constexpr std::chrono::milliseconds kTickInterval{100};
constexpr std::uint64_t kTicksOfProbe = std::chrono::milliseconds(300) / kTickInterval;
constexpr std::uint64_t kTicksOfQuiet = std::chrono::minutes(1) / kTickInterval;
constexpr std::uint64_t kTicksOfLease = kRedisLease / kTickInterval / 4;
constexpr std::uint64_t kTicksOfBeat = NodeDirectory::kLease / kTickInterval / 5;
constexpr std::uint64_t kTicksOfAudit = kRedisAudit / kTickInterval;

RedisConnectionOptions connection_options(const RedisUrl& url, const RedisOptions& options) {
  RedisConnectionOptions connection{.url = url,
                                    .tls = options.tls,
                                    .sentinel_user = options.sentinel_user,
                                    .sentinel_password = options.sentinel_password};
  if (!options.node_id.empty()) {
    connection.client_name = "sentix-" + options.node_id;
  }
  connection.connect_timeout = kRedisTimeout;
  connection.reply_timeout = kRedisTimeout;
  connection.reply_bytes_max = std::size_t{256} << 20U;  // a history and a few large messages
  connection.backoff_max = std::chrono::seconds(2);      // clients wait
  connection.unanswered_max = 1'000'000;                 // every channel is subscribed to again at once
  return connection;
}

std::vector<channels::HistoryEntry> entries_of(const std::string& channel,
                                               const std::vector<RedisFollower::Entry>& entries, std::uint64_t after) {
  std::vector<channels::HistoryEntry> list;
  for (const RedisFollower::Entry& entry : entries) {
    if (entry.offset > after) {
      protocol::MessageDraft draft(channel, entry.data, entry.user_json);
      list.push_back({entry.offset, std::move(draft).finish(entry.offset)});
    }
  }
  return list;
}

std::string flag(bool set) {
  return set ? "1" : "0";
}

}  // namespace

RedisHub::RedisHub(uv_loop_t& loop, const RedisUrl& url, const RedisOptions& options, RedisView& view, LogSink log)
    : view_(view),
      log_(std::move(log)),
      node_(channels::make_epoch()),
      keys_(options.prefix),
      complaints_(log_),
      shards_(loop, connection_options(url, options), shard_events()),
      calls_(loop, shards_),
      leases_(loop, shards_, calls_, keys_, complaints_, node_,
              {.bury = [this](const std::string& place, const std::string& channel,
                              const std::function<void(bool)>& then) { bury(place, channel, then); },
               .lapsed = [this] { go_all(); }}),
      confirmer_(loop, shards_, calls_, keys_, complaints_, options),
      publisher_(calls_, keys_, confirmer_, complaints_, view.waiting,
                 [this](const std::string& channel, const channels::ChannelRules::Rule& rule,
                        const RedisMessage& message) { return hand_out_here(channel, rule, message); }),
      directory_(shards_, calls_, keys_.nodes(), node_, options.node_id, view.nodes, log_),
      ticker_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })) {
  uv_timer_start(
      ticker_.get(), [](uv_timer_t* timer) { static_cast<RedisHub*>(timer->data)->tick(); }, kTickInterval.count(),
      kTickInterval.count());
}

// --- The shards

RedisShards::Events RedisHub::shard_events() {
  return {.commands_ready = [this](RedisShard& shard) { commands_ready(shard); },
          .changed = [this] { changed(); },
          .lost = [this](const RedisShard& shard, const std::string& why) { lost(shard, why); },
          .heard = [this](std::string_view key, std::string_view payload) { heard(key, payload); },
          .unheard = [this](std::string_view key, std::uint64_t subscriptions) { unheard(key, subscriptions); }};
}

void RedisHub::commands_ready(RedisShard& shard) {
  leases_.begin(shard);
  if (shards_.owner(keys_.nodes()) == &shard) {
    directory_.commands_ready();
    directory_.beat();
    for (const auto& [name, channel] : channels_) {
      channel->out_of_step = channel->counted();  // which channels have clients is there as well
    }
  }
  changed();
}

void RedisHub::changed() {
  calls_.changed();
  confirmer_.advance();
  directory_.listen();
  tell_ready();
  go_all();
}

void RedisHub::tell_ready() {
  {
    const std::lock_guard lock(view_.mutex);
    view_.problem = shards_.problem();
  }
  if (!ready()) {
    return;
  }
  told_apart_ = false;
  if (std::exchange(told_lost_, false) && log_) {
    log_(LogLevel::info, "Redis is back: what was missed of channels with a history is made up for");
  }
}

// A master without slots is missed by nobody.
void RedisHub::lost(const RedisShard& shard, const std::string& why) {
  if (shard.slots > 0 && !std::exchange(told_lost_, true)) {
    view_.losses.fetch_add(1, std::memory_order_relaxed);
    if (log_) {
      const std::string which = shard.name.empty() ? "Redis is not there" : "Redis is not there at " + shard.name;
      const std::string what = shard.name.empty() ? "channels" : "its channels";
      log_(LogLevel::error, which + " (" + why + "): clients stay, and what they ask of " + what + " is refused");
    }
  }
  changed();
}

void RedisHub::heard(std::string_view key, std::string_view payload) {
  if (directory_.heard(key, payload)) {
    return;
  }
  const auto found = channels_.find(keys_.name_of(key));
  auto message = decode_redis_message(payload);
  if (found == channels_.end() || !message) {
    return;
  }
  const ChannelPtr channel = found->second;
  if (channel->apart) {
    return;
  }
  using Kind = RedisMessage::Kind;
  if ((message->kind == Kind::publications || message->kind == Kind::frames) && channel->full()) {
    miss(*channel, *message);
  } else {
    channel->follower().hear(std::move(*message));
  }
  if (channel->follower().doubtful()) {
    go(channel);
  }
}

void RedisHub::unheard(std::string_view key, std::uint64_t subscriptions) {
  if (directory_.unheard(key, subscriptions)) {
    return;  // until the next tick
  }
  const auto found = channels_.find(keys_.name_of(key));
  if (found == channels_.end() || found->second->listens_at != subscriptions) {
    return;
  }
  const ChannelPtr channel = found->second;
  channel->listening = Listening::no;
  channel->follower().doubt();
  pause(channel);
  go(channel);
}

// --- Channels

RedisHub::ChannelPtr RedisHub::find_or_create(const std::string& name, const channels::ChannelRules::Rule& rule) {
  ChannelPtr& channel = channels_[name];
  if (!channel) {
    channel = std::make_shared<RedisChannel>(name, rule, ++last_incarnation_, node_);
    channel->out_of_step = channel->counted();
    show(*channel);
  }
  return channel;
}

void RedisHub::subscribe(const std::string& name, const channels::ChannelRules::Rule& rule, std::size_t channels_max,
                         const std::shared_ptr<RedisEntry>& entry) {
  publisher_.flush();
  const bool there = channels_.contains(name);
  if (!there && !rule.exists && channels_.size() >= channels_max) {
    entry->answer({.outcome = Outcome::too_many_channels});
    return;
  }
  const ChannelPtr channel = find_or_create(name, rule);
  channel->waiting.push_back(entry);
  go(channel);
}

void RedisHub::listen(const ChannelPtr& channel, RedisShard& shard) {
  channel->listening = Listening::asked;
  channel->listens_at = shard.subscriptions;
  shard.link->subscribe(keys_.channel(channel->name()), [this, channel, at = shard.subscriptions] {
    if (channel->listening == Listening::asked && channel->listens_at == at) {
      channel->listening = Listening::yes;
      channel->apart = false;
      go(channel);
    }
  });
}

void RedisHub::stop_listening(RedisChannel& channel) {
  if (channel.listening != Listening::no) {
    shards_.unsubscribe(keys_.channel(channel.name()), channel.listens_at);
    channel.listening = Listening::no;
  }
}

// What was heard, and counted, somewhere else or by a connection that is gone, is so no more.
void RedisHub::follow(const ChannelPtr& channel, const RedisShard* shard) {
  if (channel->listening != Listening::no && (shard == nullptr || channel->listens_at != shard->subscriptions)) {
    stop_listening(*channel);
    channel->follower().doubt();
  }
  if (channel->counted() && shard != nullptr && shard->commands != 0 && channel->place != leases_.place(*shard)) {
    channel->out_of_step = true;
  }
}

// Does what is to be done for a channel, as far as it can be.
void RedisHub::go(const ChannelPtr& channel) {
  RedisShard* const shard = shards_.owner(keys_.channel(channel->name()));
  follow(channel, shard);
  const bool listenable = shard != nullptr && (channel->apart ? shard->ready() : shard->subscriptions != 0);
  if (listenable && channel->listening == Listening::no &&
      (!channel->pauses || channel->listens_at != shard->subscriptions)) {
    listen(channel, *shard);
  }
  if (shard == nullptr || !shard->ready()) {
    if (channel->may_be_apart()) {
      enter_here(channel);
    } else {
      refuse_waiting(channel);
    }
    return;
  }
  if (channel->listening != Listening::yes) {
    return;
  }
  if (channel->out_of_step && channel->under_way.empty()) {
    sync(channel, *shard);
  }
  if (channel->has_to_ask()) {
    if (channel->full()) {
      pause(channel);  // there is no room for the answer
    } else {
      ask(channel, nullptr);
    }
  }
  while (!channel->waiting.empty() && !channel->out_of_step && channel->follower().may_ask()) {
    const EntryPtr entry = channel->waiting.front();
    channel->waiting.pop_front();
    if (channel->asks()) {
      ask(channel, entry);
    } else {
      conclude(channel, entry, {});
    }
  }
}

void RedisHub::go_all() {
  const auto all = channels_;
  for (const auto& [name, channel] : all) {
    go(channel);
    forget_if_idle(channel);
  }
}

void RedisHub::pause(const ChannelPtr& channel) {
  channel->pauses = true;
  pausing_.push_back(channel);
}

// Publishers on other nodes cannot be held back. What is in the history is asked for when there is room again, and what
// is there no more is a gap.
void RedisHub::miss(RedisChannel& channel, const RedisMessage& message) {
  if (message.epoch.empty()) {
    view_.dropped.fetch_add(message.items.size(), std::memory_order_relaxed);
  } else {
    channel.follower().doubt();
  }
  if (log_ && (missed_at_ == 0 || ticks_ - missed_at_ >= kTicksOfQuiet)) {
    log_(LogLevel::warning,
         "other nodes publish more than this one can hand out: mailbox_bytes waits for a worker, and publications of "
         "channels without a history are dropped");
  }
  missed_at_ = std::max<std::uint64_t>(ticks_, 1);
}

void RedisHub::refuse_waiting(const ChannelPtr& channel) {
  for (const EntryPtr& entry : std::exchange(channel->waiting, {})) {
    entry->answer({.outcome = Outcome::unavailable});
  }
  forget_if_idle(channel);
}

void RedisHub::ask(const ChannelPtr& channel, const EntryPtr& entry) {
  const channels::ChannelOptions& options = channel->options();
  const bool history = options.keeps_history();
  const channels::Position had = channel->follower().place();
  const std::uint64_t question = history ? channel->follower().ask() : 0;
  std::vector<std::string> list = keys_.arguments(channel->name(), channel->rule());
  const auto since = entry ? entry->since : std::nullopt;
  const bool joins = entry && !entry->again && channel->counted();
  for (std::string& argument : std::vector<std::string>{
           flag(history), since ? since->epoch : "", std::to_string(since ? since->offset : 0), had.epoch,
           std::to_string(had.offset), channel->place, flag(joins), std::to_string(options.max_clients),
           flag(entry && options.presence), entry ? entry->member.user : "", entry ? entry->member.info : "",
           std::to_string(options.presence_members), entry ? redis_session_name(node_, entry->session) : ""}) {
    list.push_back(std::move(argument));
  }
  if (entry) {
    channel->under_way.push_back(entry);
  }
  const auto then = [this, channel, entry, question](const RedisReply* reply) {
    answered(channel, entry, question, reply);
  };
  if (!calls_.run_script(redis_scripts().join, keys_.of_channel(channel->name()), std::move(list), then)) {
    answered(channel, entry, question, nullptr);
  }
}

void RedisHub::answered(const ChannelPtr& channel, const EntryPtr& entry, std::uint64_t question,
                        const RedisReply* reply) {
  if (entry) {
    std::erase(channel->under_way, entry);
  }
  const auto joined = reply != nullptr ? read_joined(*reply) : std::nullopt;
  const bool history = channel->options().keeps_history();
  if (history && joined && !joined->full) {
    confirmer_.found(channel->name(), channel->rule(), joined->stream.top, joined->stored);
    channel->follower().answered(question, joined->stream);
  } else if (history) {
    channel->follower().not_answered();
  }
  if (joined && joined->full) {
    conclude(channel, entry, {.outcome = Outcome::channel_full, .clients_max = channel->options().max_clients});
  } else if (!joined) {
    complaints_.complain("a question about the channel " + channel->name(), reply);
    channel->out_of_step = channel->counted();
    channel->follower().doubt();
    pause(channel);
    if (entry && reply == nullptr && channel->may_be_apart()) {
      channel->waiting.push_front(entry);
    } else if (entry) {
      conclude(channel, entry, {.outcome = Outcome::unavailable});
    }
  } else if (entry) {
    Broker::Subscribed outcome;
    if (history) {
      outcome.top = joined->stream.top;
      outcome.recovered = joined->recovered;
      if (joined->recovered) {
        outcome.missed = entries_of(channel->name(), joined->stream.entries, entry->since->offset);
      }
    }
    if (channel->options().presence) {
      outcome.members = joined->members;
    }
    conclude(channel, entry, std::move(outcome));
  }
  channel->follower().go_on();
  if (reply != nullptr) {
    go(channel);
  }
  forget_if_idle(channel);
}

void RedisHub::conclude(const ChannelPtr& channel, const EntryPtr& entry, Broker::Subscribed outcome) {
  const bool enters = outcome.outcome == Outcome::ok && !entry->again;
  if (enters && entry->taken_back) {
    part(channel, entry->member.user);
    return;
  }
  if (enters) {
    channel->enter(*entry);
    show(*channel);
  }
  outcome.incarnation = channel->incarnation();
  outcome.sequence = channel->sequence();
  entry->answer(outcome);
}

void RedisHub::unsubscribe(const std::string& name, SessionId session, Time now) {
  const auto found = channels_.find(name);
  if (found == channels_.end()) {
    return;
  }
  const ChannelPtr channel = found->second;
  const auto is_it = [session](const EntryPtr& entry) { return entry->session == session; };
  std::erase_if(channel->waiting, is_it);
  for (const EntryPtr& entry : channel->under_way) {
    entry->taken_back = entry->taken_back || is_it(entry);
  }
  if (const auto client = channel->leave(session, now)) {
    if (channel->counted()) {
      part(channel, client->user);
    }
    if (const auto member = channel->members().find(client->user);
        member != channel->members().end() && member->second.connections == 0) {
      departures_.emplace(member->second.leaves_at, Departure{name, client->user});
    }
    show(*channel);
  }
  forget_if_idle(channel);
}

void RedisHub::listen_in(const std::string& name, const channels::ChannelRules::Rule& rule,
                         const std::shared_ptr<channels::Inbox>& inbox) {
  const ChannelPtr channel = find_or_create(name, rule);
  channel->listen_in(inbox);
  go(channel);
}

void RedisHub::ignore(const std::string& name, const channels::Inbox& inbox) {
  if (const auto found = channels_.find(name); found != channels_.end()) {
    const ChannelPtr channel = found->second;
    channel->ignore(inbox);
    forget_if_idle(channel);
  }
}

void RedisHub::part(const ChannelPtr& channel, const std::string& user) {
  if (!channel->counted()) {
    return;
  }
  std::vector<std::string> list = keys_.arguments(channel->name(), channel->rule());
  list.insert(list.end(), {channel->place, flag(channel->options().presence), user});
  calls_.run_script(redis_scripts().part, keys_.of_channel(channel->name()), std::move(list), [](const RedisReply*) {});
}

// What Redis has of this node's clients on the channel becomes what they are. The former place is left only then, so
// that nobody seems to have been away; what still happens there goes when its lease is over.
void RedisHub::sync(const ChannelPtr& channel, const RedisShard& shard) {
  const std::string former = std::exchange(channel->place, leases_.place(shard));
  std::vector<std::string> list = keys_.arguments(channel->name(), channel->rule());
  list.insert(list.end(), {channel->place, std::to_string(channel->client_count())});
  for (const auto& [user, member] : channel->members()) {
    list.insert(list.end(), {user, member.info, std::to_string(member.connections)});
  }
  const std::string set = keys_.at(channel->place);
  calls_.send(set, {"SADD", set, channel->name()}, [](const RedisReply*) {});
  const auto then = [this, channel](const RedisReply* reply) {
    if (reply == nullptr || reply->is_error()) {
      complaints_.complain("clients of the channel " + channel->name(), reply);
      channel->out_of_step = true;
      pause(channel);
    }
  };
  channel->out_of_step =
      !calls_.run_script(redis_scripts().sync, keys_.of_channel(channel->name()), std::move(list), then);
  if (!former.empty() && former != channel->place) {
    leave_place(former, channel);
  }
}

void RedisHub::leave_place(const std::string& place, const ChannelPtr& channel) {
  std::vector<std::string> list = keys_.arguments(channel->name(), channel->rule());
  list.insert(list.end(), {place, "0"});
  calls_.run_script(redis_scripts().sync, keys_.of_channel(channel->name()), std::move(list), [](const RedisReply*) {});
}

void RedisHub::bury(const std::string& place, const std::string& channel, const std::function<void(bool)>& then) {
  const std::vector<std::string> nothing_kept{keys_.channel(channel), "", "0", "0", "0", "0", "0", place, "0"};
  if (!calls_.run_script(redis_scripts().sync, keys_.of_channel(channel), nothing_kept,
                         [then](const RedisReply* reply) { then(reply != nullptr && !reply->is_error()); })) {
    then(false);
  }
}

void RedisHub::forget_if_idle(const ChannelPtr& channel) {
  const auto found = channels_.find(channel->name());
  if (!channel->idle() || found == channels_.end() || found->second != channel) {
    return;
  }
  stop_listening(*channel);
  if (!channel->place.empty()) {
    const std::string set = keys_.at(channel->place);
    calls_.send(set, {"SREM", set, channel->name()}, [](const RedisReply*) {});
  }
  channels_.erase(found);
  const std::lock_guard lock(view_.mutex);
  view_.clients.erase(channel->name());
}

void RedisHub::show(const RedisChannel& channel) {
  const std::lock_guard lock(view_.mutex);
  view_.clients[channel.name()] = channel.client_count();
}

void RedisHub::signal(const std::string& name, std::string text, SessionId except) {
  RedisMessage message{.kind = RedisMessage::Kind::frames, .except = redis_session_name(node_, except)};
  message.items.emplace_back(std::move(text), "");
  publisher_.flush();
  const auto found = channels_.find(name);
  if (found == channels_.end() || !hand_out_here(name, found->second->rule(), message)) {
    publisher_.signal(name, message);
  }
}

void RedisHub::in_turn(const std::string& name, const Broker::Answer& answer) {
  publisher_.flush();
  const auto found = channels_.find(name);
  if (found != channels_.end() && found->second->apart) {
    answer({});  // what was published here is answered
  } else {
    publisher_.in_turn(name, answer);
  }
}

// --- Without Redis

// Whether the message stays on this node, and is handed out here: where the channel goes on without Redis, and its
// Redis is not there, or the channel is not listened to again yet. What the channel's slot still waits for is in front
// of it, and where that goes it goes as well.
bool RedisHub::hand_out_here(const std::string& name, const channels::ChannelRules::Rule& rule,
                             const RedisMessage& message) {
  if (rule.options->without_redis != channels::WithoutRedis::local) {
    return false;
  }
  const auto found = channels_.find(name);
  RedisChannel* const channel = found != channels_.end() ? found->second.get() : nullptr;
  if (channel == nullptr || !channel->apart) {
    const std::string key = keys_.channel(name);
    const RedisShard* const shard = shards_.owner(key);
    const bool there = (shard != nullptr && shard->commands != 0) || calls_.busy(key);
    if (there || (channel != nullptr && !channel->may_be_apart())) {
      return false;
    }
    tell_apart();
  }
  if (channel != nullptr) {
    if (!std::exchange(channel->apart, true)) {
      stop_listening(*channel);
    }
    channel->follower().hear(message);
  }
  if (message.kind == RedisMessage::Kind::publications) {
    view_.local_publications.fetch_add(message.items.size(), std::memory_order_relaxed);
  }
  return true;
}

// Of clients on other nodes, and whether those fill the channel, nothing is known: what this node has is told to Redis
// when it is back.
void RedisHub::enter_here(const ChannelPtr& channel) {
  const std::size_t clients_max = channel->options().max_clients;
  for (const EntryPtr& entry : std::exchange(channel->waiting, {})) {
    if (!entry->again && clients_max > 0 && channel->client_count() >= clients_max) {
      entry->answer({.outcome = Outcome::channel_full, .clients_max = clients_max});
    } else {
      channel->out_of_step = channel->counted();
      conclude(channel, entry, {});
      tell_apart();
    }
  }
  forget_if_idle(channel);
}

void RedisHub::tell_apart() {
  if (!std::exchange(told_apart_, true) && log_) {
    log_(LogLevel::warning, "channels with without_redis = \"local\" go on without Redis, on this node alone");
  }
}

// --- Questions

void RedisHub::read(const RedisQuestion& question, const ReadAnswer& answer) {
  publisher_.flush();
  std::vector<std::string> list = keys_.arguments(question.channel, question.rule);
  list.insert(list.end(),
              {flag(question.rule.exists), std::to_string(question.limit), question.since ? question.since->epoch : "",
               std::to_string(question.since ? question.since->offset : 0), flag(question.reverse)});
  const Broker::Read unavailable{.top = {}, .entries = {}, .answered = Broker::Answered::unavailable};
  const auto then = [this, answer, unavailable, name = question.channel,
                     rule = question.rule](const RedisReply* reply) {
    if (reply != nullptr && reply->type == RedisReply::Type::nil) {
      answer(std::nullopt);
      return;
    }
    const auto read = reply != nullptr ? read_history(*reply) : std::nullopt;
    if (!read) {
      complaints_.complain("a history", reply);
      answer(unavailable);
      return;
    }
    confirmer_.found(name, rule, read->top, read->stored);
    answer(Broker::Read{.top = read->top, .entries = entries_of(name, read->entries, 0)});
  };
  if (!calls_.run_script(redis_scripts().read, keys_.of_channel(question.channel), std::move(list), then)) {
    answer(unavailable);
  }
}

void RedisHub::members(const RedisQuestion& question, const MembersAnswer& answer) {
  publisher_.flush();
  std::vector<std::string> list = keys_.arguments(question.channel, question.rule);
  list.push_back(std::to_string(std::min(question.limit, question.rule.options->presence_members)));
  Broker::Members unavailable;
  unavailable.answered = Broker::Answered::unavailable;
  const auto then = [this, answer, unavailable, exists = question.rule.exists](const RedisReply* reply) {
    const bool told = reply != nullptr && reply->elements.size() == 2;
    auto members = told ? read_members(reply->elements[0], reply->elements[1]) : std::nullopt;
    if (!members) {
      complaints_.complain("members", reply);
      answer(unavailable);
    } else if (members->count == 0 && !exists) {
      answer(std::nullopt);
    } else {
      answer(Broker::Members{std::move(*members), Broker::Answered::now});
    }
  };
  if (!calls_.run_script(redis_scripts().members, keys_.of_channel(question.channel), std::move(list), then)) {
    answer(unavailable);
  }
}

// --- The clock

void RedisHub::tick() {
  ++ticks_;
  shards_.tick();
  for (const ChannelPtr& channel : std::exchange(pausing_, {})) {
    channel->pauses = false;
    go(channel);
  }
  confirmer_.tick();
  directory_.listen();
  tell_departures();
  if (ticks_ % kTicksOfProbe == 0) {
    shards_.probe();
  }
  if (ticks_ % kTicksOfLease == 0) {
    leases_.renew();
  }
  if (ticks_ % kTicksOfBeat == 0) {
    directory_.beat();
  }
  audit();
}

void RedisHub::tell_departures() {
  const Time now = std::chrono::steady_clock::now();
  while (!departures_.empty() && departures_.begin()->first <= now) {
    const Departure gone = departures_.extract(departures_.begin()).mapped();
    const auto found = channels_.find(gone.channel);
    if (found == channels_.end() || !found->second->depart(gone.user, now)) {
      continue;
    }
    const ChannelPtr channel = found->second;
    std::vector<std::string> list = keys_.arguments(gone.channel, channel->rule());
    list.insert(list.end(), {channel->place, gone.user});
    calls_.run_script(redis_scripts().depart, keys_.of_channel(gone.channel), std::move(list),
                      [](const RedisReply*) {});
    forget_if_idle(channel);
  }
}

// A few channels with every tick, so that each has its turn within kRedisAudit.
void RedisHub::audit() {
  const std::size_t some = (channels_.size() + kTicksOfAudit - 1) / kTicksOfAudit;
  if (channels_.empty() || ticks_ % std::max<std::size_t>(1, kTicksOfAudit / channels_.size()) != 0) {
    return;
  }
  for (std::size_t i = 0; i < some; ++i) {
    auto next = channels_.upper_bound(audited_);
    if (next == channels_.end()) {
      next = channels_.begin();
    }
    audited_ = next->first;
    const ChannelPtr channel = next->second;
    channel->follower().doubt();
    go(channel);
  }
}

}  // namespace sentix::core
