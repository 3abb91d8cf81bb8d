#include "core/redis/redis_broker.h"

#include <algorithm>
#include <csignal>
#include <new>
#include <optional>
#include <utility>

#include "channels/repeatable.h"
#include "protocol/json_text.h"

namespace sentix::core {

using channels::Broker;

namespace {

constexpr std::chrono::milliseconds kFarewell{500};  // less than the second after which a server that hangs is ended

}  // namespace

RedisBroker::RedisBroker(RedisUrl url, RedisOptions options, std::size_t channels_max, LogSink log)
    : url_(std::move(url)), options_(std::move(options)), log_(std::move(log)), channels_max_(channels_max) {}

RedisBroker::~RedisBroker() {
  stop();
}

// --- The thread

void RedisBroker::start(std::chrono::milliseconds patience) {
  thread_ = std::thread([this] { run(); });
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!problem().empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (const std::string reason = problem(); !reason.empty() && log_) {
    log_(LogLevel::warning, "it begins without Redis, which it goes on looking for: " + reason);
  }
}

void RedisBroker::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (wake_ != nullptr) {
      uv_async_send(wake_);
    }
  }
  thread_.join();
}

void RedisBroker::run() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_async_t wake;
  uv_async_init(&loop, &wake, [](uv_async_t*) {});  // the turn's end does the tasks
  {
    const std::lock_guard lock(mutex_);
    wake_ = &wake;
    uv_async_send(wake_);
  }
  auto hub = std::make_unique<RedisHub>(loop, url_, options_, view_, log_);
  const auto begin = std::chrono::steady_clock::now();
  std::optional<std::chrono::steady_clock::time_point> end;
  while (!end || (hub->ready() && hub->unanswered() > 0 && std::chrono::steady_clock::now() < *end)) {
    uv_run(&loop, UV_RUN_ONCE);
    const auto now = std::chrono::steady_clock::now();
    const bool waits = !hub->ready() && now < begin + kRedisTimeout;  // what came before the start is for a Redis
    if ((!waits || stopping()) && do_tasks(*hub) && !end) {
      hub->directory().leave();
      end = now + kFarewell;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
  }
  hub.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

bool RedisBroker::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

// Returns whether it is to stop.
bool RedisBroker::do_tasks(RedisHub& hub) {
  std::vector<Task> tasks;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
    stopping = stopping_;
  }
  for (const Task& task : tasks) {
    try {
      task(hub);
    } catch (const std::bad_alloc&) {
      if (log_) {
        log_(LogLevel::error, "there is no memory for what was asked of Redis: it is given up");
      }
    }
  }
  hub.publisher().flush();
  return stopping;
}

void RedisBroker::post(Task task) {
  const std::lock_guard lock(mutex_);
  const bool first = tasks_.empty();
  tasks_.push_back(std::move(task));
  if (first && wake_ != nullptr) {
    uv_async_send(wake_);
  }
}

// --- What workers ask

Broker::Subscribed RedisBroker::subscribe(const Subscribing& request) {
  if (!request.rule.can_exist() && !has(request.channel)) {
    return {.outcome = Subscribed::Outcome::not_found};
  }
  if (request.asker == nullptr) {
    return {.outcome = Subscribed::Outcome::unavailable};
  }
  auto entry = std::make_shared<RedisEntry>(RedisEntry{.inbox = &request.inbox,
                                                       .session = request.session,
                                                       .member = request.member,
                                                       .since = request.since,
                                                       .again = request.again,
                                                       .answer = request.asker->answer_later()});
  post([channel = std::string(request.channel), rule = request.rule, channels_max = channels_max(),
        entry](RedisHub& hub) { hub.subscribe(channel, rule, channels_max, entry); });
  return {.outcome = Subscribed::Outcome::later};
}

// Where there is no memory to say so, the worker's clients are closed; this one stays counted until the lease ends.
void RedisBroker::unsubscribe(std::string_view channel, channels::Inbox& inbox, channels::SessionId session,
                              channels::Time /*now*/) noexcept {
  try {
    post([name = std::string(channel), session](RedisHub& hub) {
      hub.unsubscribe(name, session, std::chrono::steady_clock::now());
    });
  } catch (...) {
    inbox.lose();
  }
}

Broker::Published RedisBroker::publish(const Publishing& request) {
  if (!request.rule.can_exist() && !has(request.channel)) {
    return {.outcome = Published::Outcome::not_found};
  }
  auto publication = std::make_shared<RedisPublication>(
      RedisPublication{.channel = std::string(request.channel),
                       .rule = request.rule,
                       .data = std::string(request.data),
                       .user_json = request.user.empty() ? "" : protocol::quote(request.user),
                       .key = channels::scoped_key(request.user, request.key),
                       .answer = request.author != nullptr ? request.author->answer_later() : Answer()});
  publication->bytes = sizeof(RedisPublication) + request.data.size();
  publication->deliveries = clients_of(request.channel);
  view_.waiting.add(*publication);
  const bool waits = congested(publication->deliveries);
  post([publication](RedisHub& hub) { hub.publisher().publish(std::move(*publication)); });
  return {.outcome = Published::Outcome::later, .congested = waits};
}

std::size_t RedisBroker::clients_of(std::string_view channel) const {
  const std::lock_guard lock(view_.mutex);
  const auto found = view_.clients.find(channel);
  return found == view_.clients.end() ? 0 : found->second;
}

// What is on its way to Redis and back will be deliveries, and its author does not know those of other nodes.
bool RedisBroker::congested(std::size_t receivers) const {
  return congested() || view_.waiting.deliveries > kRedisWaitingDeliveries ||
         std::any_of(inboxes_.begin(), inboxes_.end(), [=](const auto& inbox) { return inbox->congested(receivers); });
}

bool RedisBroker::wait_turn(std::string_view channel, const Author& author) {
  post([name = std::string(channel), answer = author.answer_later()](RedisHub& hub) { hub.in_turn(name, answer); });
  return true;
}

Broker::Subscribed::Outcome RedisBroker::listen_in(std::string_view channel, const channels::ChannelRules::Rule& rule,
                                                   const std::shared_ptr<channels::Inbox>& inbox,
                                                   channels::Time /*now*/) {
  if (!has(channel)) {
    if (!rule.can_exist()) {
      return Subscribed::Outcome::not_found;
    }
    if (!rule.exists && channel_count() >= channels_max()) {
      return Subscribed::Outcome::too_many_channels;
    }
  }
  post([name = std::string(channel), rule, inbox](RedisHub& hub) { hub.listen_in(name, rule, inbox); });
  return Subscribed::Outcome::ok;
}

// Where there is no memory for it, what is posted goes nowhere as long as the server lives.
void RedisBroker::ignore(std::string_view channel, const std::shared_ptr<channels::Inbox>& inbox,
                         channels::Time /*now*/) noexcept {
  try {
    post([name = std::string(channel), inbox](RedisHub& hub) { hub.ignore(name, *inbox); });
  } catch (...) {
  }
}

bool RedisBroker::signal(std::string_view channel, const protocol::SharedFrame& frame, channels::SessionId except) {
  const auto payload = frame.payload();
  post([name = std::string(channel), text = std::string(reinterpret_cast<const char*>(payload.data()), payload.size()),
        except](RedisHub& hub) { hub.signal(name, text, except); });
  return congested(clients_of(channel));
}

std::optional<Broker::Read> RedisBroker::history(const Reading& request) {
  if (!request.rule.can_exist() || !request.rule.options->keeps_history()) {
    return std::nullopt;
  }
  Read answer{.top = {}, .entries = {}, .answered = Answered::unavailable};
  if (request.asker != nullptr) {
    post([question = RedisQuestion{.channel = std::string(request.channel),
                                   .rule = request.rule,
                                   .limit = request.limit,
                                   .since = request.since,
                                   .reverse = request.reverse},
          later = request.asker->answer_later()](RedisHub& hub) { hub.read(question, later); });
    answer.answered = Answered::later;
  }
  return answer;
}

std::optional<Broker::Members> RedisBroker::members(std::string_view channel, const channels::ChannelRules::Rule& rule,
                                                    std::size_t members_max,
                                                    const Asker<std::optional<Members>>* asker) {
  if (!rule.can_exist() || !rule.options->presence) {
    return std::nullopt;
  }
  Members answer;
  answer.answered = Answered::unavailable;
  if (asker != nullptr) {
    post([question = RedisQuestion{.channel = std::string(channel), .rule = rule, .limit = members_max, .since = {}},
          later = asker->answer_later()](RedisHub& hub) { hub.members(question, later); });
    answer.answered = Answered::later;
  }
  return answer;
}

// --- What this node knows

bool RedisBroker::has(std::string_view channel) {
  const std::lock_guard lock(view_.mutex);
  return view_.clients.contains(std::string(channel));
}

std::vector<Broker::Listed> RedisBroker::list(std::string_view prefix, std::string_view after, std::size_t limit) {
  std::vector<Listed> listed;
  const std::string begin(std::max(prefix, after));
  const std::lock_guard lock(view_.mutex);
  for (auto next = view_.clients.lower_bound(begin); next != view_.clients.end() && listed.size() < limit; ++next) {
    if (!next->first.starts_with(prefix)) {
      break;
    }
    if (next->first != after) {
      listed.push_back({next->first, next->second});
    }
  }
  return listed;
}

std::size_t RedisBroker::channel_count() const {
  const std::lock_guard lock(view_.mutex);
  return view_.clients.size();
}

std::string RedisBroker::problem() const {
  const std::lock_guard lock(view_.mutex);
  return view_.problem;
}

// --- The other nodes

void RedisBroker::announce(NodeFace face) {
  post([shared = std::make_shared<NodeFace>(std::move(face))](RedisHub& hub) {
    hub.directory().announce(std::move(*shared));
  });
}

void RedisBroker::announce_change() {
  post([](RedisHub& hub) { hub.directory().beat(); });
}

void RedisBroker::disconnect(UserDisconnect who, std::function<void(std::size_t nodes)> heard) {
  post([who = std::move(who), heard = std::move(heard)](RedisHub& hub) { hub.directory().disconnect(who, heard); });
}

}  // namespace sentix::core
