#include "core/server.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "core/admin/listener.h"
#include "core/arguments.h"
#include "core/listening_socket.h"
#include "core/option_rules.h"
#include "core/rate_classes.h"
#include "core/shared.h"
#include "core/storage_session.h"
#include "core/worker.h"
#include "protocol/close_code.h"

namespace sentix::core {

struct Server::Impl {
  enum class State : std::uint8_t { idle, listening, ended };
  struct AdminSession;

  explicit Impl(Options options) : shared(checked(std::move(options))) {
    if (shared.storage) {
      early = std::make_unique<decltype(early)::element_type>();
    }
  }

  void enter(State next, std::uint16_t on_port = 0);
  void stop_listening();
  void stop(bool with_path);
  void stop_workers(bool hard);
  void publish_early();
  void publish(std::string_view data, std::string_view channel);
  ListeningSockets sockets();
  [[nodiscard]] std::unique_ptr<AdminListener> start_admin();
  void announce(const std::string& bound);
  void close_user(const UserDisconnect& who);
  void serve(ListeningSockets sockets, const std::function<void(const std::string&)>& listening);
  Mailbox& mailbox_of(channels::SessionId id) {
    return *shared.mailboxes[Worker::index_of(id) % shared.mailboxes.size()];
  }

  Shared shared;
  std::mutex reloading;  // one after the other

  mutable std::mutex mutex;  // of what follows; of other locks only that of the admin's inbox is taken under it
  mutable std::condition_variable changed;
  State state = State::idle;
  bool ran = false;
  unsigned stops = 0;
  std::uint16_t port = 0;
  AdminListener* admin_listener = nullptr;  // while there is one
  std::uint16_t admin_port = 0;
  std::string unix_path;                  // of the socket that this server listens on
  InheritedSockets inherited;             // before run()
  std::vector<FileDescriptor> listeners;  // duplicates, from when it listens until it is told to stop
  // Broadcasts that came before what is stored was loaded: data and channel. Null afterwards, and without a storage.
  std::unique_ptr<std::vector<std::pair<std::string, std::string>>> early;
};

struct Server::Impl::AdminSession {
  explicit AdminSession(Impl& of) : impl(of), listener(of.start_admin()) { show(listener.get()); }
  ~AdminSession() { show(nullptr); }
  AdminSession(const AdminSession&) = delete;
  AdminSession& operator=(const AdminSession&) = delete;

  void show(AdminListener* shown) const {
    const std::lock_guard lock(impl.mutex);
    impl.admin_listener = shown;
  }

  Impl& impl;
  const std::unique_ptr<AdminListener> listener;
};

void Server::Impl::enter(State next, std::uint16_t on_port) {
  {
    const std::lock_guard lock(mutex);
    state = next;
    port = on_port;
  }
  changed.notify_all();
}

// As soon as nobody is to come any more: who came would wait in a queue that nobody takes from, and another server may
// take the path over before this one has ended.
void Server::Impl::stop_listening() {
  const std::lock_guard lock(mutex);
  listeners.clear();
  if (!unix_path.empty()) {
    ::unlink(std::exchange(unix_path, {}).c_str());
  }
}

// An address that nobody asked for is not worth a server that does not start.
std::unique_ptr<AdminListener> Server::Impl::start_admin() {
  const ConfigurationPtr configuration = shared.configuration.get();
  const AdminOptions& options = configuration->options.admin;
  if (!options.enabled()) {
    return nullptr;
  }
  try {
    auto admin = std::make_unique<AdminListener>(shared, options);
    shared.log(LogLevel::info, "admin listener on " + options.address.substr(0, options.address.rfind(':') + 1) +
                                   std::to_string(admin->port()));
    const std::lock_guard lock(mutex);
    admin_port = admin->port();
    return admin;
  } catch (const std::system_error& error) {
    if (options.insists) {
      throw;
    }
    shared.log(LogLevel::warning, std::string("there is no admin listener: ") + error.what());
    return nullptr;
  }
}

// One that listens on all addresses of its machine does not know by which of them clients reach it.
void Server::Impl::announce(const std::string& bound) {
  if (shared.remote_broker == nullptr) {
    return;
  }
  const ConfigurationPtr configuration = shared.configuration.get();
  std::string url = node_url(configuration->options.redis.advertise, bound);
  if (url.empty()) {
    shared.log(LogLevel::warning, "/nodes does not offer this node to clients: it listens on " + bound +
                                      ", so advertise has to say by which URL they reach it");
  }
  shared.remote_broker->announce({.url = std::move(url),
                                  .workers = configuration->options.workers,
                                  .connections = [this] { return shared.admission.clients(); },
                                  .draining = [this] { return shared.draining.load(); },
                                  .disconnect = [this](const UserDisconnect& who) { close_user(who); }});
}

void Server::Impl::close_user(const UserDisconnect& who) {
  const auto code = protocol::CloseCode{who.code};
  if (!protocol::may_be_sent(code)) {
    return;
  }
  for (const auto& mailbox : shared.mailboxes) {
    mailbox->post_task([who, code](Worker& worker) { worker.close_user(who.user, code, who.reason); });
  }
}

void Server::Impl::serve(ListeningSockets sockets, const std::function<void(const std::string&)>& listening) {
  const AdminSession admin(*this);  // until all workers have ended
  std::vector<std::unique_ptr<Worker>> workers;
  const auto count = static_cast<unsigned>(shared.mailboxes.size());
  for (unsigned i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<Worker>(shared, i, std::move(sockets.of_worker[i])));
  }
  std::vector<std::thread> threads;
  const auto join_all = [&threads] {
    for (std::thread& thread : threads) {
      thread.join();
    }
  };
  try {
    for (unsigned i = 1; i < count; ++i) {
      threads.emplace_back([&worker = *workers[i]] { worker.run(); });
    }
  } catch (const std::system_error& error) {
    stop_workers(true);
    join_all();
    throw std::system_error(error.code(), "cannot start the threads of " + std::to_string(workers.size()) + " workers");
  }
  announce(sockets.url);
  enter(State::listening, sockets.port);
  if (listening) {
    listening(sockets.url);
  }
  workers.front()->run();
  join_all();
}

ListeningSockets Server::Impl::sockets() {
  const ConfigurationPtr configuration = shared.configuration.get();
  const Options& options = configuration->options;
  const std::lock_guard lock(mutex);
  ListeningSockets sockets = inherited.listening.empty()
                                 ? listen_on({.host = options.host,
                                              .port = options.port,
                                              .reuse_port = options.reuse_port,
                                              .workers = options.workers,
                                              .tls = options.tls.enabled()})
                                 : share_out(std::exchange(inherited, {}), options.workers, options.tls.enabled());
  unix_path = sockets.unix_path;
  for (std::size_t i = 0; stops == 0 && i < sockets.of_worker.size(); ++i) {
    std::vector<FileDescriptor> copies = duplicates(sockets.of_worker[i]);
    std::move(copies.begin(), copies.end(), std::back_inserter(listeners));
  }
  return sockets;
}

// Worker 0 tells the others to stop once it accepts no more (Worker::stop). At once, each is told directly.
void Server::Impl::stop_workers(bool hard) {
  for (const auto& mailbox : shared.mailboxes) {
    mailbox->post_task([hard](Worker& worker) { worker.stop(hard); });
    if (!hard) break;
  }
}

void Server::Impl::publish_early() {
  std::unique_lock lock(mutex);
  const auto broadcasts = std::move(early);
  lock.unlock();
  if (broadcasts) {
    for (const auto& [data, channel] : *broadcasts) {
      publish(data, channel);
    }
  }
}

void Server::Impl::publish(std::string_view data, std::string_view channel) {
  const auto rule = shared.rules.find(channel);
  shared.broker->publish({.channel = channel, .rule = rule, .data = data, .now = std::chrono::steady_clock::now()});
}

void Server::Impl::stop(bool with_path) {
  bool again = false;
  {
    const std::lock_guard lock(mutex);
    again = ++stops > 1;
    if (!with_path) {
      unix_path.clear();
      if (admin_listener != nullptr) {
        admin_listener->stop_accepting();
      }
    }
  }
  shared.draining = true;
  if (shared.remote_broker != nullptr) {
    shared.remote_broker->announce_change();
  }
  stop_listening();
  stop_workers(again);
}

Server::Server(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

channels::Handlers& Server::handlers() {
  return impl_->shared.handlers;
}

void Server::run(const std::function<void(const std::string& url)>& listening) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->ran, true)) {
      throw std::logic_error("this server has been started before");
    }
  }
  // Whatever way this ends, nobody waits in wait_until_listening() for ever.
  struct Farewell {
    Impl& impl;
    ~Farewell() {
      impl.stop_listening();
      impl.enter(Impl::State::ended);
    }
  } farewell{*impl_};
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stops > 0) {
      return;
    }
  }
  ListeningSockets sockets = impl_->sockets();
  const StorageSession storage(impl_->shared);
  const RemoteBrokerSession remote(impl_->shared.remote_broker);
  impl_->publish_early();
  impl_->serve(std::move(sockets), listening);
}

void Server::inherit(InheritedSockets sockets) {
  const std::lock_guard lock(impl_->mutex);
  impl_->inherited = std::move(sockets);
}

void Server::stop() {
  impl_->stop(true);
}

void Server::stop_for_successor() {
  impl_->stop(false);
}

bool Server::draining() const {
  return impl_->shared.draining;
}

std::vector<FileDescriptor> Server::share_listening() const {
  const std::lock_guard lock(impl_->mutex);
  return duplicates(impl_->listeners);
}

std::vector<std::uint64_t> Server::turns() const {
  std::vector<std::uint64_t> turns;
  for (const auto& metrics : impl_->shared.metrics) {
    const auto counts = metrics->loop_lag.counts();
    turns.push_back(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                                    [](std::uint64_t sum, const Counter& count) { return sum + count.value(); }));
  }
  return turns;
}

std::uint16_t Server::port() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->port;
}

std::uint16_t Server::admin_port() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state == Impl::State::listening ? impl_->admin_port : std::uint16_t{0};
}

bool Server::wait_until_listening() const {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [this] { return impl_->state != Impl::State::idle; });
  return impl_->state == Impl::State::listening;
}

std::size_t Server::client_count() const {
  return impl_->shared.admission.clients();
}

void Server::reload(Options options) {
  const std::lock_guard lock(impl_->reloading);
  Shared& shared = impl_->shared;
  const ConfigurationPtr before = shared.configuration.get();
  keep_what_a_start_sets(before->options, options);
  auto next =
      std::make_shared<const Configuration>(shared.with_authenticators(checked(std::move(options))), before.get());
  if (shared.tls && !shared.tls->reload(next->options.tls)) {
    Options with_old_tls = next->options;
    with_old_tls.tls = before->options.tls;
    next = std::make_shared<const Configuration>(std::move(with_old_tls), before.get());
  }
  shared.rules.redefine(before->options.channels, next->options.channels);
  shared.broker->set_channels_max(next->options.channels_max);
  shared.configuration.set(next);
  warn_of_lost_classes(before->options.rates.classes, next->options.rates.classes, shared.sink);
  for (const auto& mailbox : shared.mailboxes) {
    mailbox->set_bytes_max(next->options.mailbox_bytes);
    mailbox->post_task([](Worker& worker) { worker.reconfigure(); });
  }
}

void Server::reload_tls() {
  if (impl_->shared.tls) {
    impl_->shared.tls->reload();
  }
}

void Server::create_channel(const std::string& name, const channels::ChannelOptions& options) {
  require_channel_name_or_pattern(name);
  require_durable(name, options, impl_->shared.configuration.get()->options);
  require_nothing_kept_locally(name, options);
  impl_->shared.rules.define(name, options);
}

void Server::broadcast(std::string_view data, std::string_view channel) {
  require_json(data);
  require_channel_name(channel);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->early) {
      impl_->early->emplace_back(data, channel);
      return;
    }
  }
  impl_->publish(data, channel);
}

std::string Server::storage_problem() const {
  return impl_->shared.storage ? impl_->shared.storage->problem() : std::string();
}

void Server::send_to(channels::SessionId id, std::string_view message) {
  require_json(message);
  auto frame = protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(message)));
  impl_->mailbox_of(id).post_task(id, [frame](channels::Session& session) {
    if (session.phase() == channels::Session::Phase::open) {  // nothing comes before `welcome`
      session.peer().reply(frame);
    }
  });
}

void Server::close_connection(channels::SessionId id, std::uint16_t code, std::string_view reason) {
  const protocol::CloseCode close_code = require_close(code, reason);
  impl_->mailbox_of(id).post_task(id, [close_code, text = std::string(reason)](channels::Session& session) {
    session.peer().close(close_code, text);
  });
}

void Server::subscribe(channels::SessionId id, std::string_view channel) {
  require_channel_name(channel);
  impl_->mailbox_of(id).post_task([id, name = std::string(channel)](Worker& worker) { worker.subscribe(id, name); });
}

void Server::unsubscribe(channels::SessionId id, std::string_view channel) {
  require_channel_name(channel);
  impl_->mailbox_of(id).post_task([id, name = std::string(channel)](Worker& worker) { worker.unsubscribe(id, name); });
}

}  // namespace sentix::core
