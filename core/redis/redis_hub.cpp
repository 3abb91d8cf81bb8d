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
constexpr std::uint64_t kTicksOfLease = kRedisLease / kTickInterval / 4;
constexpr std::uint64_t kTicksOfBeat = NodeDirectory::kLease / kTickInterval / 5;
constexpr std::uint64_t kTicksOfAudit = kRedisAudit / kTickInterval;
constexpr std::uint64_t kComplaintsApartMs = 10'000;

// A larger publication is the last of its script: so that what one script is given, and tells the nodes, is bounded
// too.
constexpr std::size_t kLargeBytes = std::size_t{64} << 10U;

RedisConnectionOptions connection_options(const RedisUrl& url, const RedisOptions& options) {
  RedisConnectionOptions connection{.url = url, .tls = options.tls};
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
    : options_(options),
      view_(view),
      log_(std::move(log)),
      node_(channels::make_epoch()),
      epoch_prefix_(channels::make_epoch().substr(0, 9)),
      loop_(loop),
      link_(loop, connection_options(url, options),
            {.commands_ready = [this] { commands_ready(); },
             .subscriptions_ready = [this] { subscriptions_ready(); },
             .lost = [this](bool commands, const std::string& why) { lost(commands, why); },
             .heard = [this](std::string_view key, std::string_view payload) { heard(key, payload); }}),
      directory_(link_, options.prefix, node_, options.node_id, view.nodes),
      ticker_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })) {
  uv_timer_start(
      ticker_.get(), [](uv_timer_t* timer) { static_cast<RedisHub*>(timer->data)->tick(); }, kTickInterval.count(),
      kTickInterval.count());
}

// --- The link

void RedisHub::commands_ready() {
  former_place_ = std::exchange(place_, node_ + '.' + std::to_string(++places_));
  leased_ = false;
  renew_lease();
  directory_.commands_ready();
  directory_.beat();
  tell_ready();
  go_all();
}

void RedisHub::subscriptions_ready() {
  directory_.subscriptions_ready();
  tell_ready();
  go_all();
}

void RedisHub::tell_ready() {
  if (!ready()) {
    return;
  }
  {
    const std::lock_guard lock(view_.mutex);
    view_.problem.clear();
  }
  if (std::exchange(told_lost_, false) && log_) {
    log_(LogLevel::info, "Redis is back: what was missed of channels with a history is made up for");
  }
}

void RedisHub::lost(bool commands, const std::string& why) {
  if (!std::exchange(told_lost_, true)) {
    view_.losses.fetch_add(1, std::memory_order_relaxed);
    if (log_) {
      log_(LogLevel::error, "Redis is not there (" + why + "): clients stay, and what they ask of channels is refused");
    }
  }
  {
    const std::lock_guard lock(view_.mutex);
    view_.problem = "Redis is not there: " + why + ".";
  }
  for (const auto& [name, channel] : channels_) {
    if (commands) {
      channel->out_of_step = channel->counted();
    } else {
      channel->listening = Listening::no;
      channel->follower().doubt();
    }
  }
  go_all();
}

void RedisHub::heard(std::string_view key, std::string_view payload) {
  if (directory_.heard(key, payload) || key.size() < options_.prefix.size() + 2) {
    return;
  }
  const std::string_view name = key.substr(options_.prefix.size() + 1, key.size() - options_.prefix.size() - 2);
  const auto found = channels_.find(name);
  auto message = decode_redis_message(payload);
  if (found == channels_.end() || !message) {
    return;
  }
  const ChannelPtr channel = found->second;
  channel->follower().hear(std::move(*message));
  if (channel->follower().doubtful()) {
    go(channel);
  }
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
  flush();
  const bool there = channels_.contains(name);
  if (!there && !rule.exists && channels_.size() >= channels_max) {
    entry->answer({.outcome = Outcome::too_many_channels});
    return;
  }
  const ChannelPtr channel = find_or_create(name, rule);
  channel->waiting.push_back(entry);
  go(channel);
}

void RedisHub::listen(const ChannelPtr& channel) {
  channel->listening = Listening::asked;
  link_.subscribe(key(channel->name()), [this, channel] {
    if (channel->listening == Listening::asked) {
      channel->listening = Listening::yes;
      go(channel);
    }
  });
}

// Does what is to be done for a channel, as far as it can be.
void RedisHub::go(const ChannelPtr& channel) {
  if (channel->listening == Listening::no && link_.subscriptions_ready()) {
    listen(channel);
  }
  if (!ready()) {
    refuse_waiting(channel);
    return;
  }
  if (channel->listening != Listening::yes) {
    return;
  }
  if (channel->out_of_step && channel->under_way.empty()) {
    sync(channel);
  }
  if (channel->has_to_ask()) {
    ask(channel, nullptr);
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
  std::vector<std::string> list = arguments(channel->name(), channel->rule());
  const auto since = entry ? entry->since : std::nullopt;
  const bool joins = entry && !entry->again && channel->counted();
  for (std::string& argument : std::vector<std::string>{
           flag(history), since ? since->epoch : "", std::to_string(since ? since->offset : 0), had.epoch,
           std::to_string(had.offset), place_, flag(joins), std::to_string(options.max_clients),
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
  if (!link_.run_script(redis_scripts().join, keys(channel->name()), list, then)) {
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
    channel->follower().answered(question, joined->stream);
  } else if (history) {
    channel->follower().not_answered();
  }
  if (joined && joined->full) {
    conclude(channel, entry, {.outcome = Outcome::channel_full, .clients_max = channel->options().max_clients});
  } else if (!joined) {
    complain("a question about the channel " + channel->name(), reply);
    channel->out_of_step = channel->counted();
    channel->follower().doubt();
    channel->pauses = true;
    pausing_.push_back(channel);
    if (entry) {
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
  std::vector<std::string> list = arguments(channel->name(), channel->rule());
  list.insert(list.end(), {place_, flag(channel->options().presence), user});
  link_.run_script(redis_scripts().part, keys(channel->name()), list, [](const RedisReply*) {});
}

// What Redis has of this node's clients on the channel becomes what they are.
void RedisHub::sync(const ChannelPtr& channel) {
  std::vector<std::string> list = arguments(channel->name(), channel->rule());
  list.insert(list.end(), {place_, std::to_string(channel->client_count()), flag(false)});
  for (const auto& [user, member] : channel->members()) {
    list.insert(list.end(), {user, member.info, std::to_string(member.connections)});
  }
  link_.send({"SADD", options_.prefix + "at:" + place_, channel->name()}, [](const RedisReply*) {});
  channel->out_of_step =
      !link_.run_script(redis_scripts().sync, keys(channel->name()), list, [this, channel](const RedisReply* reply) {
        if (reply != nullptr && reply->is_error()) {
          complain("clients of the channel " + channel->name(), reply);
          channel->out_of_step = true;
        }
      });
  leave_former_place(channel);
}

// Only now, so that nobody seems to have been away. What still happens there goes when its lease is over.
void RedisHub::leave_former_place(const ChannelPtr& channel) {
  if (former_place_.empty()) {
    return;
  }
  std::vector<std::string> list = arguments(channel->name(), channel->rule());
  list.insert(list.end(), {former_place_, "0", flag(false)});
  link_.run_script(redis_scripts().sync, keys(channel->name()), list, [](const RedisReply*) {});
}

void RedisHub::forget_if_idle(const ChannelPtr& channel) {
  const auto found = channels_.find(channel->name());
  if (!channel->idle() || found == channels_.end() || found->second != channel) {
    return;
  }
  if (channel->listening != Listening::no) {
    link_.unsubscribe(key(channel->name()));
    channel->listening = Listening::no;
  }
  if (channel->counted()) {
    link_.send({"SREM", options_.prefix + "at:" + place_, channel->name()}, [](const RedisReply*) {});
  }
  channels_.erase(found);
  const std::lock_guard lock(view_.mutex);
  view_.clients.erase(channel->name());
}

void RedisHub::show(const RedisChannel& channel) {
  const std::lock_guard lock(view_.mutex);
  view_.clients[channel.name()] = channel.client_count();
}

// --- Publications

void RedisHub::publish(RedisPublication publication) {
  std::shared_ptr<Batch>& batch = batches_[publication.channel];
  if (!batch) {
    batch = std::make_shared<Batch>();
  }
  batch->push_back(std::move(publication));
  if (batch->size() == kRedisBatch || batch->back().bytes >= kLargeBytes) {
    const auto full = std::exchange(batch, nullptr);
    const std::string name = full->front().channel;
    batches_.erase(name);
    send_batch(name, full);
  }
}

void RedisHub::flush() {
  for (const auto& [name, batch] : std::exchange(batches_, {})) {
    send_batch(name, batch);
  }
}

void RedisHub::send_batch(const std::string& name, const std::shared_ptr<Batch>& batch) {
  const channels::ChannelRules::Rule& rule = batch->front().rule;
  if (!rule.options->keeps_history()) {
    send_plain(name, batch);
    return;
  }
  std::vector<std::string> list = arguments(name, rule);
  for (const RedisPublication& publication : *batch) {
    list.push_back(publication.data);
    list.push_back(publication.user_json);
    list.push_back(publication.key);
  }
  const auto then = [this, batch](const RedisReply* reply) { conclude_batch(*batch, reply); };
  if (!link_.run_script(redis_scripts().publish, keys(name), list, then)) {
    tell_batch(*batch, Broker::Published::Outcome::not_stored);
  }
}

void RedisHub::send_plain(const std::string& name, const std::shared_ptr<Batch>& batch) {
  RedisMessage message;
  for (RedisPublication& publication : *batch) {
    message.items.emplace_back(std::move(publication.data), std::move(publication.user_json));
  }
  const auto then = [this, batch](const RedisReply* reply) {
    if (reply == nullptr || reply->is_error()) {
      complain("a publication", reply);
      tell_batch(*batch,
                 reply == nullptr ? Broker::Published::Outcome::unknown : Broker::Published::Outcome::not_stored);
      return;
    }
    tell_batch(*batch, Broker::Published::Outcome::ok);
  };
  if (!link_.send({"PUBLISH", key(name), encode_redis_message(message)}, then)) {
    tell_batch(*batch, Broker::Published::Outcome::not_stored);
  }
}

void RedisHub::conclude_batch(const Batch& batch, const RedisReply* reply) {
  const auto positions = reply != nullptr ? read_positions(*reply, batch.size()) : std::nullopt;
  if (!positions) {
    complain("a publication", reply);
    tell_batch(batch, Broker::Published::Outcome::unknown);
    return;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    view_.waiting_bytes.fetch_sub(batch[i].bytes, std::memory_order_relaxed);
    if (batch[i].answer) {
      batch[i].answer({.position = (*positions)[i]});
    }
  }
}

void RedisHub::tell_batch(const Batch& batch, Broker::Published::Outcome outcome) {
  for (const RedisPublication& publication : batch) {
    view_.waiting_bytes.fetch_sub(publication.bytes, std::memory_order_relaxed);
    if (publication.answer) {
      publication.answer({.outcome = outcome});
    }
  }
}

void RedisHub::signal(const std::string& name, std::string text, SessionId except) {
  flush();
  RedisMessage message{.kind = RedisMessage::Kind::frames, .except = redis_session_name(node_, except)};
  message.items.emplace_back(std::move(text), "");
  link_.send({"PUBLISH", key(name), encode_redis_message(message)}, [](const RedisReply*) {});
}

void RedisHub::in_turn(const Broker::Answer& answer) {
  flush();
  if (!link_.send({"PING"}, [answer](const RedisReply*) { answer({}); })) {
    answer({});
  }
}

// --- Questions

void RedisHub::read(const RedisQuestion& question, const ReadAnswer& answer) {
  flush();
  std::vector<std::string> list = arguments(question.channel, question.rule);
  list.insert(list.end(),
              {flag(question.rule.exists), std::to_string(question.limit), question.since ? question.since->epoch : "",
               std::to_string(question.since ? question.since->offset : 0), flag(question.reverse)});
  const Broker::Read unavailable{.top = {}, .entries = {}, .answered = Broker::Answered::unavailable};
  const auto then = [this, answer, unavailable, name = question.channel](const RedisReply* reply) {
    if (reply != nullptr && reply->type == RedisReply::Type::nil) {
      answer(std::nullopt);
      return;
    }
    const auto read = reply != nullptr ? read_history(*reply) : std::nullopt;
    if (!read) {
      complain("a history", reply);
      answer(unavailable);
      return;
    }
    answer(Broker::Read{.top = read->top, .entries = entries_of(name, read->entries, 0)});
  };
  if (!link_.run_script(redis_scripts().read, keys(question.channel), list, then)) {
    answer(unavailable);
  }
}

void RedisHub::members(const RedisQuestion& question, const MembersAnswer& answer) {
  flush();
  std::vector<std::string> list = arguments(question.channel, question.rule);
  list.push_back(std::to_string(std::min(question.limit, question.rule.options->presence_members)));
  Broker::Members unavailable;
  unavailable.answered = Broker::Answered::unavailable;
  const auto then = [this, answer, unavailable, exists = question.rule.exists](const RedisReply* reply) {
    const bool told = reply != nullptr && reply->elements.size() == 2;
    auto members = told ? read_members(reply->elements[0], reply->elements[1]) : std::nullopt;
    if (!members) {
      complain("members", reply);
      answer(unavailable);
    } else if (members->count == 0 && !exists) {
      answer(std::nullopt);
    } else {
      answer(Broker::Members{std::move(*members), Broker::Answered::now});
    }
  };
  if (!link_.run_script(redis_scripts().members, keys(question.channel), list, then)) {
    answer(unavailable);
  }
}

// --- The clock

void RedisHub::tick() {
  ++ticks_;
  for (const ChannelPtr& channel : std::exchange(pausing_, {})) {
    channel->pauses = false;
    go(channel);
  }
  tell_departures();
  if (ticks_ % kTicksOfProbe == 0) {
    link_.probe();
  }
  if (ticks_ % kTicksOfLease == 0) {
    renew_lease();
  }
  if (ticks_ % kTicksOfBeat == 0) {
    directory_.beat();
  }
  audit();
}

void RedisHub::renew_lease() {
  const std::vector<std::string> list{place_, std::to_string(kRedisLease.count())};
  link_.run_script(redis_scripts().lease, std::vector<std::string>{options_.prefix + "leases"}, list,
                   [this](const RedisReply* reply) { leased(reply); });
}

// Who was taken for dead meanwhile says everything anew.
void RedisHub::leased(const RedisReply* reply) {
  if (reply == nullptr || reply->elements.empty()) {
    complain("the lease", reply);
    return;
  }
  const bool held = reply->elements[0].integer != 0;
  if (std::exchange(leased_, true) && !held) {
    for (const auto& [name, channel] : channels_) {
      channel->out_of_step = channel->counted();
    }
    go_all();
  }
  for (std::size_t i = 1; i < reply->elements.size(); ++i) {
    bury(reply->elements[i].text);
  }
}

// Several nodes may do it at one time; each of the scripts looks whether the lease is still over.
void RedisHub::bury(const std::string& place) {
  const std::string channels = options_.prefix + "at:" + place;
  link_.send({"SMEMBERS", channels}, [this, place, channels](const RedisReply* reply) {
    if (reply == nullptr || reply->type != RedisReply::Type::array) {
      return;
    }
    for (const RedisReply& channel : reply->elements) {
      std::vector<std::string> list{key(channel.text), "", "", "0", "0", "0", "0", place, "0", flag(true)};
      link_.run_script(redis_scripts().sync, keys(channel.text), list, [](const RedisReply*) {});
    }
    link_.send({"DEL", channels}, [](const RedisReply*) {});
    link_.send({"ZREM", options_.prefix + "leases", place}, [](const RedisReply*) {});
  });
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
    std::vector<std::string> list = arguments(gone.channel, channel->rule());
    list.insert(list.end(), {place_, gone.user});
    link_.run_script(redis_scripts().depart, keys(gone.channel), list, [](const RedisReply*) {});
    forget_if_idle(channel);
  }
}

// A few channels with every tick, so that each has its turn within kRedisAudit.
void RedisHub::audit() {
  const std::size_t some = ready() ? (channels_.size() + kTicksOfAudit - 1) / kTicksOfAudit : 0;
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

// --- What scripts are given

std::string RedisHub::key(std::string_view channel) const {
  std::string key = options_.prefix;
  key += '{';
  key += channel;
  key += '}';
  return key;
}

std::vector<std::string> RedisHub::keys(std::string_view channel) const {
  std::vector<std::string> keys;
  for (const char suffix : {'m', 's', 'k', 'c', 'u', 'z'}) {
    keys.push_back(key(channel) + suffix);
  }
  keys.push_back(options_.prefix + "leases");
  return keys;
}

std::vector<std::string> RedisHub::arguments(std::string_view channel, const channels::ChannelRules::Rule& rule) {
  const channels::ChannelOptions& options = *rule.options;
  const std::chrono::milliseconds ttl = options.history_ttl_in_force();
  const auto keep = rule.exists && options.persistent ? std::chrono::milliseconds(0) : std::max(ttl, kRedisKept);
  return {key(channel),
          link_.run(),
          fresh_epoch(),
          std::to_string(options.history_size_in_force()),
          std::to_string(ttl.count()),
          std::to_string(options.history_bytes),
          std::to_string(keep.count())};
}

// Unlike all others, of this node and of others, and short enough to be copied without an allocation.
std::string RedisHub::fresh_epoch() {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string epoch = epoch_prefix_;
  std::uint64_t bits = ++epochs_;
  for (int letters = 0; letters < 6; ++letters, bits >>= 6U) {
    epoch += kLetters[bits & 63U];
  }
  return epoch;
}

// What Redis refuses, once in a while: it may refuse it very often (OOM).
void RedisHub::complain(std::string_view what, const RedisReply* reply) {
  const std::uint64_t now = uv_now(&loop_);
  if (reply == nullptr || !log_ || now < complained_at_ms_) {
    return;
  }
  complained_at_ms_ = now + kComplaintsApartMs;
  log_(LogLevel::error, std::string(what) + " failed in Redis: " +
                            one_line(reply->is_error() ? reply->text : "its answer cannot be read"));
}

}  // namespace sentix::core
