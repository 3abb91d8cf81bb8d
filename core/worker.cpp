#include "core/worker.h"

#include <algorithm>
#include <cassert>
#include <random>
#include <system_error>
#include <utility>

#include "auth/authenticator.h"
#include "channels/thrown.h"
#include "core/channel_application.h"
#include "core/echo_application.h"
#include "core/sigpipe.h"

namespace sentix::core {
namespace {

constexpr std::size_t kReceiveBufferBytes = 64 * 1024;
constexpr std::uint64_t kSliceNs = 1'000'000;   // of work that can wait, between two looks at the sockets
constexpr std::size_t kDeliveriesPerLook = 64;  // at the clock
constexpr std::size_t kFlushesPerLook = 16;
constexpr std::uint64_t kFlushedBytesPerLook = 128 << 10;
constexpr std::size_t kUnsentMax = 4 * Mailbox::kDeliveriesMax;  // publications wait longer where they take less room
constexpr std::chrono::seconds kCleaningInterval{5};
constexpr std::size_t kPooledBytesMin = std::size_t{32} << 20;  // of large messages that are done with
constexpr std::chrono::seconds kLookInterval{1};
constexpr std::chrono::seconds kLastHandshakes{3};  // for who came before it began to drain
constexpr std::chrono::seconds kDrainGrace{8};      // after the drain window: who has not gone by then is dropped
constexpr int kSlotShift = 32;
constexpr int kWorkerShift = 56;
constexpr std::uint32_t kSlotMask = 0xFFFFFF;
constexpr std::uint32_t kVisitedMax = 10'000;  // slots that visit_clients() looks at: about a millisecond

void check(int status, const char* what) {
  if (status < 0) {
    throw std::system_error(-status, std::generic_category(), what);
  }
}

// So much memory of messages that are done with is kept that clients which send the largest ones, one after the other,
// do not make the loop wait for new memory each time.
std::size_t pooled_bytes_max(const Options& options) {
  return std::max(kPooledBytesMin, 2 * options.max_message_bytes);
}

}  // namespace

Worker::Worker(Shared& shared, unsigned index, std::vector<FileDescriptor> listening)
    : shared_(shared),
      configuration_(shared.configuration.get()),
      index_(index),
      mailbox_(*shared.mailboxes[index]),
      metrics_(*shared.metrics[index]),
      buffer_pool_(pooled_bytes_max(options())),
      reader_limits_{.frame_bytes_max = options().max_message_bytes,
                     .message_bytes_max = options().max_message_bytes,
                     .memory = &buffer_pool_},
      compression_(options().deflate),
      generation_(std::random_device()()),
      receive_buffer_(kReceiveBufferBytes),
      tls_record_(shared.tls ? kTlsRecordBytes : 0) {
  if (echoes()) {
    application_ = std::make_unique<EchoApplication>();
  } else {
    auto application = std::make_unique<ChannelApplication>(shared, options(), shared.mailboxes[index]);
    dispatcher_ = &application->dispatcher();
    application_ = std::move(application);
  }
  check(uv_loop_init(&loop_), "cannot make an event loop");
  loop_.data = this;
  started_at_ms_ = uv_now(&loop_);
  check(uv_async_init(&loop_, &wake_, [](uv_async_t*) {}), "cannot make an event loop");  // the turn's end drains
  uv_prepare_init(&loop_, &before_sleep_);
  uv_idle_init(&loop_, &stay_awake_);
  uv_timer_init(&loop_, &ticker_);
  uv_prepare_start(&before_sleep_, [](uv_prepare_t* handle) { static_cast<Worker*>(handle->loop->data)->end_turn(); });
  uv_timer_start(
      &ticker_, [](uv_timer_t* handle) { static_cast<Worker*>(handle->loop->data)->tick(); }, kTick.count(),
      kTick.count());
  for (FileDescriptor& fd : listening) {
    const auto take = [this](FileDescriptor client, const Address& address) { accepted(std::move(client), address); };
    acceptors_.push_back(std::make_unique<Acceptor>(std::move(fd), take, shared_.sink));
    acceptors_.back()->start(&loop_);
  }
}

Worker::~Worker() {
  close_handles();
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void Worker::run() {
  thread_ = std::this_thread::get_id();
  block_sigpipe();
  mailbox_.open(&wake_);
  Mailbox::WakeBatch wakes(shared_.mailboxes.size());
  wakes_ = &wakes;
  ticked_at_ns_ = uv_hrtime();
  uv_run(&loop_, UV_RUN_DEFAULT);
  wakes_ = nullptr;
}

std::chrono::steady_clock::time_point Worker::time() const {
  return std::chrono::steady_clock::time_point(std::chrono::milliseconds(uv_now(&loop_)));
}

// Several reloads that were posted before the worker came to them are one.
void Worker::reconfigure() {
  ConfigurationPtr newest = shared_.configuration.get();
  if (newest == configuration_) {
    return;
  }
  const ConfigurationPtr before = std::exchange(configuration_, std::move(newest));
  reader_limits_.frame_bytes_max = reader_limits_.message_bytes_max = options().max_message_bytes;
  compression_.use(options().deflate);
  application_->reconfigure(options());
  connections_.for_each([&](Connection& connection) {
    attempt(connection, [&](Connection& existing) { existing.reconfigured(*before); });
  });
}

// --- Connections come
// ------------------------------------------------------------------------------------------------------

void Worker::accepted(FileDescriptor fd, const Address& address) noexcept {
  try {
    if (!configuration_->admits(address)) {
      turn_away(address);
      return;
    }
    place(std::move(fd), address);
  } catch (...) {
    shared_.log_thrown("a connection is dropped");
  }
}

// It is closed unread, before anything is spent on it.
void Worker::turn_away(const Address& address) {
  const EndingInfo& info = describe(Ending::address_denied);
  metrics_.ended[static_cast<std::size_t>(info.ending)].add();
  shared_.log(info.level, "a connection from " + to_text(address) + " is refused: " + std::string(info.name) + " (" +
                              std::string(info.sentence) + ")");
}

void Worker::place(FileDescriptor fd, const Address& address) {
  const bool share = address.family == Address::Family::unix_socket && shared_.mailboxes.size() > 1;
  const unsigned to = share ? next_adopter_++ % static_cast<unsigned>(shared_.mailboxes.size()) : index_;
  if (to == index_) {
    adopt(std::move(fd), address);
    return;
  }
  // A task is copied around, an owner cannot be: the descriptor travels as a number, owned by the post.
  auto owner = std::make_shared<FileDescriptor>(std::move(fd));
  shared_.mailboxes[to]->post_task(
      [owner, address](Worker& worker) { worker.adopt(FileDescriptor(owner->release()), address); });
}

void Worker::adopt(FileDescriptor fd, const Address& address) {
  if (draining_) {
    return;
  }
  metrics_.accepted.add();
  const std::uint32_t slot = connections_.next_slot();
  ++generation_;
  const auto id = static_cast<channels::SessionId>(std::uint64_t{index_} << kWorkerShift |
                                                   std::uint64_t{slot} << kSlotShift | generation_);
  forget_done_handshakes();
  handshakes_by_age_.push_back(id);
  // Nobody is to be kept from leaving by a lack of memory; and who fails while leaving is listed twice.
  if (leaving_.capacity() < 2 * (connections_.size() + 1)) {
    leaving_.reserve(4 * (connections_.size() + 1));
  }
  Connection& connection = connections_.create(*this, id, std::move(fd), address);
  if (!connection.start(&loop_)) {
    connections_.destroy(slot);
    return;
  }
  // Whoever comes as one too many makes one go. Were the count looked at again meanwhile, two workers could each refuse
  // one more than they have to.
  const bool one_too_many = !shared_.admission.begin_handshake(configuration_->admission);
  drop_answered_strangers();
  if (one_too_many) {
    attempt(connection, [this](Connection& newest) { refuse_oldest_handshake(newest.id(), index_); });
  }
  if (!configuration_->trusts(address)) {
    attempt(connection, [](Connection& stranger) { stranger.keeps_to_rate(); });
  }
}

Stream Worker::stream_on(FileDescriptor fd) {
  if (!shared_.tls) {
    return Stream(std::move(fd));
  }
  auto session = std::make_unique<TlsSession>(shared_.tls->context(), fd.get(), tls_record_);
  return Stream(std::move(fd), std::move(session));
}

void Worker::stranger_answered(Connection& connection) {
  strangers_by_age_.push_back(connection.id());
  shared_.admission.stranger_answered();
}

// Whoever is no client counts against one limit. Those that have had their answer, and are only waited for so that it
// arrives, go first.
void Worker::drop_answered_strangers() {
  while (!strangers_by_age_.empty()) {
    Connection* oldest = find(strangers_by_age_.front());
    const bool there = oldest != nullptr && oldest->phase() != Connection::Phase::gone;
    const bool all_sent = there && oldest->phase() == Connection::Phase::lingering;
    if (there && (!shared_.admission.too_many_strangers(configuration_->admission) || !all_sent)) {
      break;
    }
    if (there) {
      oldest->abort();
    }
    strangers_by_age_.pop_front();
  }
}

// The oldest of this worker; or, where nobody but the newest is, of the next worker that has one: with all places taken
// at another, whoever comes to this one would be refused at once. Around once without one, enough have gone meanwhile.
void Worker::refuse_oldest_handshake(channels::SessionId newest, unsigned came_to) {
  Connection* oldest = oldest_handshake();
  if (oldest != nullptr && oldest->id() != newest) {
    attempt(*oldest, [](Connection& stranger) {
      stranger.refuse(Ending::too_many_handshakes, protocol::Refusal::over_capacity);
    });
    return;
  }
  const unsigned next = (index_ + 1) % static_cast<unsigned>(shared_.mailboxes.size());
  if (next != came_to) {
    shared_.mailboxes[next]->post_task([=](Worker& worker) { worker.refuse_oldest_handshake(newest, came_to); });
  }
}

Connection* Worker::oldest_handshake() {
  forget_done_handshakes();
  return handshakes_by_age_.empty() ? nullptr : find(handshakes_by_age_.front());
}

// Those that came before the oldest that still shakes hands. With every newcomer: the list of a server that never has
// too many would grow for as long as it runs.
void Worker::forget_done_handshakes() {
  while (!handshakes_by_age_.empty()) {
    const Connection* oldest = find(handshakes_by_age_.front());
    if (oldest != nullptr && oldest->phase() == Connection::Phase::handshake) {
      return;
    }
    handshakes_by_age_.pop_front();
  }
}

Connection* Worker::find(channels::SessionId id) {
  const auto value = static_cast<std::uint64_t>(id);
  if (value >> kWorkerShift != index_) {
    return nullptr;
  }
  Connection* connection = connections_.find(static_cast<std::uint32_t>(value >> kSlotShift) & kSlotMask);
  return connection != nullptr && connection->id() == id ? connection : nullptr;
}

unsigned Worker::index_of(channels::SessionId id) {
  return static_cast<unsigned>(static_cast<std::uint64_t>(id) >> kWorkerShift);
}

std::size_t Worker::close_user(std::string_view user, protocol::CloseCode code, std::string_view reason) {
  std::size_t closed = 0;
  connections_.for_each([&](Connection& connection) {
    const auth::PrincipalPtr& principal = connection.session().principal();
    if (principal && principal->user == user && connection.phase() == Connection::Phase::open) {
      attempt(connection, [&](Connection& client) { client.close(code, reason); });
      ++closed;
    }
  });
  return closed;
}

channels::SessionId Worker::visit_clients(channels::SessionId after, const std::function<bool(Connection&)>& visit) {
  const auto first = static_cast<std::uint64_t>(index_) << kWorkerShift;
  const auto begin = std::max(static_cast<std::uint64_t>(after), first);
  if (begin >> kWorkerShift != index_) {
    return channels::SessionId::none;
  }
  const auto first_slot = static_cast<std::uint32_t>(begin >> kSlotShift) & kSlotMask;
  for (std::uint32_t slot = first_slot; slot < connections_.slot_count(); ++slot) {
    if (slot - first_slot == kVisitedMax) {
      return static_cast<channels::SessionId>((first | std::uint64_t{slot} << kSlotShift) - 1);
    }
    Connection* const connection = connections_.find(slot);
    const bool is_next = connection != nullptr && connection->id() > after;
    if (is_next && connection->phase() == Connection::Phase::open && !visit(*connection)) {
      return connection->id();
    }
  }
  return channels::SessionId::none;
}

void Worker::subscribe(channels::SessionId id, const std::string& channel) {
  Connection* connection = find(id);
  if (dispatcher_ != nullptr && connection != nullptr && connection->phase() == Connection::Phase::open) {
    dispatcher_->subscribe(connection->session(), channel, time());
  }
}

void Worker::unsubscribe(channels::SessionId id, const std::string& channel) {
  Connection* connection = find(id);
  if (dispatcher_ != nullptr && connection != nullptr && connection->phase() == Connection::Phase::open) {
    dispatcher_->unsubscribe(connection->session(), channel, time());
  }
}

void Worker::judge_page_credential(Connection& connection, const std::string& token,
                                   std::optional<protocol::Refusal> refusal, bool head_only) {
  const auto answer = [mailbox = shared_.mailboxes[index_], id = connection.id(), refusal,
                       head_only](const auth::Judgement& judgement) {
    std::optional<protocol::Refusal> denied;
    if (!judgement.principal()) {
      denied = judgement.is_unavailable() ? protocol::Refusal::cannot_judge : protocol::Refusal::unauthenticated;
    }
    mailbox->post_task([=](Worker& worker) {
      if (Connection* waiting = worker.find(id)) {
        waiting->answer_page(denied, refusal, head_only);
      }
    });
  };
  auth::Credentials given = auth::Credentials::from_token(token);
  given.set_address(connection.remote_address());
  try {
    options().policy.authenticator->authenticate(given, answer);
  } catch (...) {
    answer(nullptr);
    shared_.handlers.report(nullptr, {}, "The authenticator threw: " + channels::thrown_text());
  }
}

// --- The lists of a turn
// -----------------------------------------------------------------------------------------------------

void Worker::flush_soon(Connection& connection, FlushList list) {
  assert_own_thread();
  if (list == FlushList::replies && !connection.listed.replies) {
    replies_.push_back(connection.id());
    connection.listed.replies = true;
  } else if (list == FlushList::deliveries && !connection.listed.deliveries) {
    deliveries_.push_back(connection.id());
    connection.listed.deliveries = true;
  }
}

void Worker::continue_soon(Connection& connection) {
  if (!connection.listed.resuming) {
    resuming_.push_back(connection.id());
    connection.listed.resuming = true;
  }
}

void Worker::hold(Connection& connection) {
  held_.push_back(connection.id());
}

void Worker::slow_down(Connection& connection, Tick until) {
  slowed_.emplace(until, connection.id());
}

void Worker::leaving(Connection& connection) {
  if (!connection.listed.leaving) {
    connection.listed.leaving = true;
    leaving_.push_back(connection.id());
  }
}

// --- A turn
// ------------------------------------------------------------------------------------------------------------------

// Does something about one connection. What is thrown meanwhile (out of memory, say) ends that connection alone.
template <class Act>
void Worker::attempt(Connection& connection, Act&& act) noexcept {
  try {
    act(connection);
  } catch (...) {
    shared_.log_thrown("a connection is dropped");
    connection.abort();
  }
}

// How much longer than a tick the loop took from the last one to this.
void Worker::measure_lag() {
  constexpr auto kTickNs = static_cast<std::uint64_t>(std::chrono::nanoseconds(kTick).count());
  const std::uint64_t now_ns = uv_hrtime();
  const std::uint64_t took = now_ns - std::exchange(ticked_at_ns_, now_ns);
  metrics_.loop_lag.add(took > kTickNs ? took - kTickNs : 0);
}

void Worker::measure_memory() {
  std::size_t resident_bytes = 0;
  Admission& admission = shared_.admission;
  if (uv_resident_set_memory(&resident_bytes) != 0 ||
      !admission.measure_memory(resident_bytes, configuration_->admission)) {
    return;
  }
  const bool is_short = admission.short_of_memory();
  shared_.log(is_short ? LogLevel::warning : LogLevel::info,
              std::string(is_short ? "new clients are refused" : "new clients are welcome again") + ": " +
                  std::to_string(resident_bytes) + " bytes of memory are in use, and max_resident_bytes is " +
                  std::to_string(options().max_resident_bytes));
}

void Worker::tick() noexcept {
  measure_lag();
  now_ = 1 + static_cast<Tick>((uv_now(&loop_) - started_at_ms_) / static_cast<std::uint64_t>(kTick.count()));
  wheel_.advance(now_, [this](Timer& timer) {
    attempt(static_cast<Connection&>(timer), [](Connection& connection) { connection.deadline_passed(); });
  });
  release_slowed();
  end_expired();
  if (draining_) {
    drain_clients();
  }
  if (index_ == 0) {
    shared_.broker->tell_leaves(time());
  }
  if (now_ >= next_cleaning_) {
    next_cleaning_ = now_ + ticks(kCleaningInterval);
    clean();
  }
  if (index_ == 0 && now_ >= next_look_) {
    next_look_ = now_ + ticks(kLookInterval);
    look();
  }
}

// Subscriptions end with their tokens.
void Worker::end_expired() noexcept {
  if (dispatcher_ == nullptr) {
    return;
  }
  try {
    dispatcher_->end_expired(std::chrono::system_clock::now(), time());
  } catch (...) {
    shared_.log_thrown("a subscription is not ended in time");
  }
}

// What one worker does for all, about once a second.
void Worker::look() noexcept {
  if (shared_.tls) {
    shared_.tls->look();
  }
  try {
    if (configuration_->admission.resident_bytes != 0 || shared_.admission.short_of_memory()) {
      measure_memory();
    }
  } catch (...) {
    shared_.log_thrown("memory is not measured");
  }
}

// Lets go of what nobody needs any more.
void Worker::clean() {
  buffer_pool_.trim();
  outbox_pool_.pieces.trim();
  outbox_pool_.queues.trim();
  if (index_ == 0) {
    shared_.broker->expire(time());
  }
}

void Worker::end_turn() noexcept {
  wakes_->wake_posted();  // before this worker has its own part, so that all of them work on it at one time
  bool more = drain_mailbox();
  more |= continue_reading();
  flush_replies();
  more |= flush_deliveries();
  tell_congestion();
  release_held();
  more |= reap();
  more |= buffer_pool_.free_some();
  wakes_->wake_posted();
  if (draining_ && connections_.size() == 0) {
    close_handles();
    return;
  }
  if (more) {
    uv_idle_start(&stay_awake_, [](uv_idle_t*) {});
  } else {
    uv_idle_stop(&stay_awake_);
  }
}

bool Worker::drain_mailbox() {
  if (mailbox_.take_lost()) {
    metrics_.losses.add();
    close_all_for_loss();
  }
  const std::uint64_t end = uv_hrtime() + kSliceNs;
  std::size_t deliveries = 0;
  bool in_time = true;
  while (in_time && unsent_ <= kUnsentMax &&
         mailbox_.drain_one([&](Mailbox::Post& post) { deliveries += 1 + take(post); })) {
    if (deliveries >= kDeliveriesPerLook) {
      deliveries = 0;
      in_time = uv_hrtime() < end;
    }
  }
  return mailbox_.waiting();
}

// Whoever listens to something may have missed a publication, and nobody can tell which.
void Worker::close_all_for_loss() {
  connections_.for_each([this](Connection& connection) {
    attempt(connection, [](Connection& client) {
      client.close(protocol::CloseCode::internal_error, "a message was lost for want of memory");
    });
  });
}

// Returns how many deliveries that was.
std::size_t Worker::take(Mailbox::Post& post) noexcept {
  if (const auto* publication = std::get_if<channels::Publication>(&post)) {
    const std::size_t delivered = application_->deliver(*publication);
    unsent_ += delivered;
    metrics_.deliveries.add(delivered);
    if (const auto waited = Mailbox::waited_ns(*publication)) {
      metrics_.delivery.add(*waited);
    }
    return delivered;
  }
  if (auto* session_post = std::get_if<Mailbox::SessionPost>(&post)) {
    Connection* connection = find(session_post->session);
    if (connection != nullptr && connection->phase() == Connection::Phase::open) {
      attempt(*connection, [&](Connection& client) { session_post->task(client.session()); });
    }
  } else {
    try {
      std::get<Mailbox::WorkerTask>(post)(*this);
    } catch (...) {
      shared_.log_thrown("a task is given up");
    }
  }
  return 0;
}

bool Worker::continue_reading() {
  for (const channels::SessionId id : std::exchange(resuming_, {})) {
    if (Connection* connection = find(id)) {
      connection->listed.resuming = false;
      attempt(*connection, [](Connection& resuming) { resuming.continue_reading(); });
    }
  }
  return !resuming_.empty();
}

void Worker::flush_replies() {
  for (std::size_t i = 0; i < replies_.size(); ++i) {
    if (Connection* connection = find(replies_[i])) {
      connection->listed.replies = false;
      attempt(*connection, [](Connection& replying) { replying.flush(); });
    }
  }
  replies_.clear();
}

bool Worker::flush_deliveries() {
  const std::uint64_t end = uv_hrtime() + kSliceNs;
  std::size_t flushes = 0;
  std::uint64_t bytes_at_look = metrics_.sent_bytes.value();
  while (!deliveries_.empty()) {
    if (Connection* connection = find(deliveries_.front())) {
      const std::size_t waited = connection->waiting_pieces();
      connection->listed.deliveries = false;
      attempt(*connection, [](Connection& receiving) { receiving.flush(); });
      const std::size_t waits = connection->listed.deliveries ? connection->waiting_pieces() : 0;
      unsent_ -= std::min(unsent_, waited - waits);
    }
    deliveries_.pop_front();
    const std::uint64_t bytes = metrics_.sent_bytes.value();
    if (++flushes >= kFlushesPerLook || bytes - bytes_at_look >= kFlushedBytesPerLook) {
      flushes = 0;
      bytes_at_look = bytes;
      if (uv_hrtime() >= end) {
        break;
      }
    }
  }
  return !deliveries_.empty();
}

// How much is unsent is counted roughly: who is flushed otherwise, is blocked or goes leaves too much, until nobody
// waits.
void Worker::tell_congestion() {
  if (deliveries_.empty()) {
    unsent_ = 0;
  }
  mailbox_.set_unsent(unsent_);
  if (mailbox_.take_relief()) {
    for (const auto& mailbox : shared_.mailboxes) {
      mailbox->wake();  // that worker's release_held()
    }
  }
}

void Worker::release_held() {
  if (held_.empty() || shared_.congested()) {
    return;  // the next tick looks again
  }
  for (const channels::SessionId id : std::exchange(held_, {})) {
    if (Connection* connection = find(id)) {
      attempt(*connection, [](Connection& held) { held.release_hold(); });
    }
  }
}

void Worker::release_slowed() {
  while (!slowed_.empty() && slowed_.top().first <= now_) {
    Connection* const connection = find(slowed_.top().second);
    slowed_.pop();
    if (connection != nullptr) {
      attempt(*connection, [](Connection& slowed) { slowed.release_slowdown(); });
    }
  }
}

// Connections only mark themselves; this is where they are taken leave of. Returns whether that made more to do.
bool Worker::reap() {
  for (std::size_t i = 0; i < leaving_.size(); ++i) {
    Connection* connection = find(leaving_[i]);
    if (connection == nullptr) {
      continue;
    }
    connection->listed.leaving = false;
    attempt(*connection, [](Connection& leaver) { leaver.leave(); });
    if (connection->phase() == Connection::Phase::gone) {
      connection->close_handle([](uv_handle_t* handle) {
        Connection& done = Connection::of(handle);
        Worker& worker = done.worker();
        worker.connections_.destroy(static_cast<std::uint32_t>(static_cast<std::uint64_t>(done.id()) >> kSlotShift) &
                                    kSlotMask);
      });
    }
  }
  leaving_.clear();
  return !replies_.empty() || !resuming_.empty() || mailbox_.waiting();
}

// --- The end
// -----------------------------------------------------------------------------------------------------------------

void Worker::stop(bool hard) {
  if (!draining_) {
    for (const auto& acceptor : acceptors_) {
      acceptor->close();
    }
    // Whom this worker has accepted for another one (place()) is in that one's mailbox already, in front of this.
    for (std::size_t other = 1; index_ == 0 && other < shared_.mailboxes.size(); ++other) {
      shared_.mailboxes[other]->post_task([hard](Worker& worker) { worker.stop(hard); });
    }
    draining_ = std::make_unique<Draining>();
    draining_->began = now_;
    connections_.for_each([this](Connection& connection) { draining_->clients.push_back(connection.id()); });
    draining_->hard = hard;
  } else {
    draining_->hard = true;
  }
  drain_clients();
}

void Worker::drain_clients() {
  Draining& draining = *draining_;
  const Tick window = ticks(options().drain_window);
  const Tick elapsed = now_ - draining.began;
  const std::size_t count = draining.clients.size();
  // The first at once and the others evenly over the window, so that they do not all come back to the next server in
  // one instant.
  const std::size_t due = draining.hard || elapsed >= window ? count : std::min(count, count * elapsed / window + 1);
  for (; draining.closed < due; ++draining.closed) {
    if (Connection* connection = find(draining.clients[draining.closed])) {
      say_goodbye(*connection);
    }
  }
  // Nobody whom the next server would have served is refused by this one: who still shakes hands may become a client
  // first.
  if (draining.hard || elapsed >= std::max(window, ticks(kLastHandshakes))) {
    connections_.for_each([this](Connection& connection) {
      attempt(connection, [](Connection& stranger) { stranger.refuse(protocol::Refusal::going_away); });
      say_goodbye(connection);
    });
  }
  if (draining.hard || elapsed >= window + ticks(kDrainGrace)) {
    connections_.for_each([this](Connection& connection) {
      attempt(connection, [](Connection& client) { client.flush_for_the_last_time(); });
      connection.abort(Ending::going_away);
    });
  }
}

void Worker::say_goodbye(Connection& connection) {
  attempt(connection,
          [](Connection& client) { client.close(protocol::CloseCode::server_leaving, "this server is going away"); });
}

void Worker::close_handles() {
  if (std::exchange(handles_closed_, true)) {
    return;
  }
  for (const auto& acceptor : acceptors_) {
    acceptor->close();
  }
  mailbox_.close();  // nobody may wake a handle that is closed
  for (auto* handle : {reinterpret_cast<uv_handle_t*>(&wake_), reinterpret_cast<uv_handle_t*>(&before_sleep_),
                       reinterpret_cast<uv_handle_t*>(&stay_awake_), reinterpret_cast<uv_handle_t*>(&ticker_)}) {
    uv_close(handle, nullptr);
  }
}

void Worker::assert_own_thread() const {
  assert(thread_ == std::this_thread::get_id());
}

}  // namespace sentix::core
