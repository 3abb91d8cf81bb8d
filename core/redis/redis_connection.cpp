#include "core/redis/redis_connection.h"

#include <sys/uio.h>

#include <utility>

#include "core/redis/redis_command.h"
#include "core/redis/redis_sentinel.h"

namespace sentix::core {
namespace {

constexpr std::size_t kReceivedBytes = std::size_t{64} << 10U;

constexpr std::string_view kUnsubscribe = "SUNSUBSCRIBE";

// Of a master that a Sentinel has named, for sentences; what the URL has named itself needs no repetition.
std::string name_of(const RedisUrl& url) {
  const RedisUrl::Endpoint* const named = url.master.empty() ? nullptr : &url.endpoints.front();
  return named == nullptr ? std::string() : " to the master " + to_text(*named);
}

}  // namespace

RedisConnection::RedisConnection(uv_loop_t& loop, RedisConnectionOptions options, StateChanged changed, Pushed pushed)
    : loop_(loop),
      options_(std::move(options)),
      changed_(std::move(changed)),
      pushed_(std::move(pushed)),
      backoff_(options_.backoff_first, options_.backoff_max),
      random_(std::random_device()()),
      timer_(make_uv_handle<uv_timer_t>(this, [&loop](uv_timer_t* timer) { return uv_timer_init(&loop, timer); })),
      turn_(make_uv_handle<uv_prepare_t>(this, [&loop](uv_prepare_t* turn) { return uv_prepare_init(&loop, turn); })),
      received_(kReceivedBytes) {
  connect();
}

RedisConnection::~RedisConnection() = default;

bool RedisConnection::send(std::span<const std::string_view> command, Answer answer) {
  if (state_ != State::ready || due_.size() >= options_.unanswered_max ||
      out_.size() - written_ > options_.waiting_bytes_max) {
    return false;
  }
  enqueue(command, std::move(answer));
  return true;
}

void RedisConnection::connect() {
  arm(options_.connect_timeout);
  if (options_.url.kind == RedisUrl::Kind::sentinel) {
    ask_sentinel();
  } else {
    connect_to(options_.url);
  }
}

void RedisConnection::ask_sentinel() {
  const auto& sentinels = options_.url.endpoints;
  sentinel_ =
      std::make_unique<RedisSentinel>(loop_, options_, sentinels[asked_ % sentinels.size()],
                                      [this](std::optional<RedisUrl::Endpoint> master, const std::string& problem) {
                                        if (!master) {
                                          lose(problem);
                                        } else {
                                          told_master(std::move(*master));
                                        }
                                      });
}

void RedisConnection::told_master(RedisUrl::Endpoint master) {
  if (SentinelNews* const news = options_.sentinel_news.get()) {
    if (news->former == master && uv_now(&loop_) < news->former_until_ms) {
      lose("a Sentinel has not heard yet that " + to_text(master) + " is the master no more");
      return;
    }
    news->named = master;
  }
  RedisUrl url = options_.url;
  url.kind = RedisUrl::Kind::standalone;
  url.endpoints = {std::move(master)};
  connect_to(url);
}

void RedisConnection::connect_to(const RedisUrl& url) {
  connector_ = std::make_unique<RedisConnector>(
      loop_, url, options_.tls, [this, name = name_of(url)](std::optional<Stream> stream, const std::string& problem) {
        if (stream) {
          connected(std::move(*stream));
        } else {
          lose("cannot connect" + name + ": " + problem);
        }
      });
}

void RedisConnection::connected(Stream stream) {
  sentinel_.reset();
  reader_ = std::make_unique<RedisReplyReader>(options_.reply_bytes_max);
  stream_.emplace(std::move(stream));
  poll_ = make_uv_handle<uv_poll_t>(this,
                                    [&](uv_poll_t* poll) { return uv_poll_init(&loop_, poll, stream_->descriptor()); });
  if (!poll_) {
    lose("the loop cannot watch the socket");
    return;
  }
  watched_ = 0;
  watch();
  enter(State::greeting);
  greet();
}

void RedisConnection::greet() {
  const auto then = [this](const RedisReply* reply) { greeted(reply); };
  const RedisUrl& url = options_.url;
  refusal_.clear();
  if (!url.user.empty()) {
    enqueue(std::initializer_list<std::string_view>{"AUTH", url.user, url.password}, then);
  } else if (!url.password.empty()) {
    enqueue(std::initializer_list<std::string_view>{"AUTH", url.password}, then);
  }
  if (url.database != 0) {
    enqueue(std::initializer_list<std::string_view>{"SELECT", std::to_string(url.database)}, then);
  }
  if (!options_.client_name.empty()) {
    enqueue(std::initializer_list<std::string_view>{"CLIENT", "SETNAME", options_.client_name}, then);
  }
  enqueue(std::initializer_list<std::string_view>{"PING"}, then);
  if (options_.master_only) {
    enqueue(std::initializer_list<std::string_view>{"ROLE"}, [this](const RedisReply* reply) { told_role(reply); });
  }
}

void RedisConnection::told_role(const RedisReply* reply) {
  const bool told = reply != nullptr && !reply->elements.empty();
  if (told && reply->elements[0].text != "master" && refusal_.empty()) {
    refusal_ = "it is a " + reply->elements[0].text + ", and only the master takes what is published";
  }
  greeted(reply);
}

// The first refusal is the one that says why: without AUTH, the others are refused as well.
void RedisConnection::greeted(const RedisReply* reply) {
  if (reply == nullptr) {
    return;
  }
  if (reply->is_error() && refusal_.empty()) {
    refusal_ = "Redis has refused us: " + reply->text;
  }
  if (due_.empty() && refusal_.empty()) {
    backoff_.reset();
    uv_timer_stop(timer_.get());
    enter(State::ready);
  }
}

void RedisConnection::enqueue(std::span<const std::string_view> command, Answer answer) {
  append_redis_command(out_, command);
  due_.push_back({std::move(answer), uv_now(&loop_), command.front() == kUnsubscribe});
  if (state_ == State::ready && due_.size() == 1) {
    arm(options_.reply_timeout);
  }
  uv_prepare_start(turn_.get(), [](uv_prepare_t* turn) { static_cast<RedisConnection*>(turn->data)->flush(); });
}

void RedisConnection::watch() {
  const bool writes = !out_.empty() && !stream_->sending_waits_to_receive();
  const int events = writes || stream_->receiving_waits_to_send() ? UV_READABLE | UV_WRITABLE : UV_READABLE;
  if (events == watched_) {
    return;
  }
  watched_ = events;
  uv_poll_start(poll_.get(), events, [](uv_poll_t* poll, int status, int happened) {
    auto& self = *static_cast<RedisConnection*>(poll->data);
    if (status < 0) {
      self.watched_ = 0;  // libuv has stopped it
    }
    if (status < 0 || (happened & UV_READABLE) != 0 || self.stream_->receiving_waits_to_send()) {
      self.receive();
    } else {
      self.flush();
    }
  });
}

// One piece a turn, and what TLS has taken from the socket with it: what is left makes the socket readable again at
// once, and others have their turn between.
void RedisConnection::receive() {
  do {
    const Transfer transfer = stream_->receive(received_);
    if (transfer.status == Transfer::Status::would_block) {
      break;
    }
    if (transfer.status != Transfer::Status::done) {
      lose(transfer.status == Transfer::Status::refused ? "TLS has failed (" + stream_->tls()->failure() + ")"
                                                        : std::string(why_closed()));
      return;
    }
    reader_->feed(std::span(received_).first(transfer.bytes));
    if (!answer_all()) {
      return;
    }
  } while (stream_->holds_input());
  if (out_.empty()) {
    watch();
  } else {
    flush();
  }
}

std::string_view RedisConnection::why_closed() const {
  const bool plain_and_unheard = state_ == State::greeting && stream_->tls() == nullptr;
  return plain_and_unheard ? "Redis has closed the connection before it said a word: if its port is one for TLS, the "
                             "URL begins with rediss://"
                           : "Redis has closed the connection";
}

// False: the connection was lost meanwhile.
bool RedisConnection::answer_all() {
  RedisReply reply;
  RedisReplyReader::Next next = RedisReplyReader::Next::incomplete;
  while ((next = reader_->next(reply)) == RedisReplyReader::Next::reply) {
    if (pushed_ && take_push(reply)) {
      continue;
    }
    if (due_.empty()) {
      lose("Redis has sent a reply to nothing");
      return false;
    }
    const Answer answer = std::move(due_.front().answer);
    due_.pop_front();
    answer(&reply);
    if (!refusal_.empty()) {
      lose(std::exchange(refusal_, {}));
      return false;
    }
  }
  if (next == RedisReplyReader::Next::broken) {
    lose("what Redis has sent cannot be read: " + std::string(reader_->failure()));
    return false;
  }
  return true;
}

// Who unsubscribes from one channel may be told of another that this Redis has lost: of one answer it is its sender who
// has to look which it is.
bool RedisConnection::take_push(const RedisReply& reply) {
  if (reply.type != RedisReply::Type::array || reply.elements.size() != 3) {
    return false;
  }
  const std::string& kind = reply.elements[0].text;
  if (kind == "smessage" || kind == "message") {
    pushed_(reply.elements[1].text, reply.elements[2].text);
    return true;
  }
  if (kind == "sunsubscribe" && (due_.empty() || !due_.front().unsubscribes)) {
    pushed_(reply.elements[1].text, std::nullopt);
    return true;
  }
  return false;
}

void RedisConnection::flush() {
  uv_prepare_stop(turn_.get());
  iovec piece{.iov_base = out_.data() + written_, .iov_len = out_.size() - written_};
  const Transfer transfer = stream_->send(std::span(&piece, 1));
  if (transfer.status != Transfer::Status::done && transfer.status != Transfer::Status::would_block) {
    lose("the connection to Redis is broken");
    return;
  }
  written_ += transfer.bytes;
  if (written_ == out_.size()) {
    out_.clear();
    written_ = 0;
  } else if (written_ > out_.size() / 2) {
    out_.erase(0, written_);
    written_ = 0;
  }
  watch();
}

void RedisConnection::lose(const std::string& why) {
  asked_ += state_ == State::ready ? 0 : 1;
  uv_prepare_stop(turn_.get());
  poll_.reset();
  stream_.reset();
  reader_.reset();
  out_ = {};
  written_ = 0;
  refusal_.clear();
  const std::deque<Due> lost = std::exchange(due_, {});
  arm(backoff_.next(static_cast<std::uint32_t>(random_())));
  enter(State::waiting, why);
  for (const Due& one : lost) {
    one.answer(nullptr);
  }
}

void RedisConnection::arm(std::chrono::milliseconds wait) {
  uv_timer_start(
      timer_.get(), [](uv_timer_t* timer) { static_cast<RedisConnection*>(timer->data)->time_is_up(); },
      static_cast<std::uint64_t>(wait.count()), 0);
}

void RedisConnection::time_is_up() {
  switch (state_) {
    case State::waiting:
      enter(State::connecting);
      connect();
      return;
    case State::connecting:
    case State::greeting:
      give_up_connecting();
      return;
    case State::ready:
      break;
  }
  if (due_.empty()) {
    return;
  }
  const std::chrono::milliseconds waited(uv_now(&loop_) - due_.front().since_ms);
  if (waited < options_.reply_timeout) {
    arm(options_.reply_timeout - waited);
  } else {
    lose("no reply within " + std::to_string(options_.reply_timeout.count()) + " ms");
  }
}

void RedisConnection::give_up(const std::string& why) {
  if (state_ != State::waiting) {
    connector_.reset();
    sentinel_.reset();
    lose(why);
  }
}

// What it waits for may still come, and must not.
void RedisConnection::give_up_connecting() {
  const bool shakes_hands = connector_ && connector_->shakes_hands() && !stream_;
  const std::string_view what = shakes_hands ? "the port answers nothing to TLS within " : "no connection within ";
  connector_.reset();
  sentinel_.reset();
  lose(std::string(what) + std::to_string(options_.connect_timeout.count()) + " ms");
}

void RedisConnection::enter(State state, std::string_view why) {
  state_ = state;
  changed_(state, why);
}

}  // namespace sentix::core
