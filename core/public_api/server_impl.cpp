#include "core/public_api/server_impl.h"

#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/public_api/conversions.h"
#include "core/public_api/default_log.h"

namespace sentix {

Server::Impl::Impl(std::string host, std::uint16_t port) {
  options_.host = std::move(host);
  options_.port = port;
}

core::Options& Server::Impl::settings() {
  require_setting_up();
  return options_;
}

channels::Handlers& Server::Impl::handlers() {
  require_setting_up();
  return handlers_;
}

void Server::Impl::set_log(const LogSink& sink) {
  settings().log = {};
  logs_by_default_ = false;
  if (sink) {
    options_.log = [sink](const core::LogLine& line) { sink(to_public(line.level), line.text); };
  }
}

void Server::Impl::require_setting_up() const {
  const std::lock_guard lock(mutex_);
  if (begun_) {
    throw std::logic_error("this server has been started: it is set up before that");
  }
}

core::Server& Server::Impl::begin() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(begun_, true)) {
    throw std::logic_error("this server has been started before");
  }
  // Whoever waits looks when the lock is released: either there is a server then, or there will be none.
  hopeless_ = true;
  changed_.notify_all();
  make_server();
  server_.store(owned_.get(), std::memory_order_release);
  return *owned_;
}

// What goes wrong in handlers is also logged, so that an application without a handler for it hears of it.
void Server::Impl::set_up_log() {
  if (logs_by_default_) {
    options_.log = default_log(options_.debug);
  }
  if (options_.log) {
    handlers_.on("error", [log = options_.log](const channels::Event& event) {
      log(core::LogLevel::error, event.data);
      return channels::Verdict::pass;
    });
  }
}

void Server::Impl::make_server() {
  set_up_log();
  try {
    owned_ = std::make_unique<core::Server>(std::move(options_));
  } catch (const std::invalid_argument& error) {
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), error.what());
  }
  owned_->handlers() = std::move(handlers_);
  for (const Act& act : std::exchange(asked_early_, {})) {
    act(*owned_);
  }
}

void Server::Impl::act(Act act) {
  {
    const std::lock_guard lock(mutex_);
    if (!owned_) {
      asked_early_.push_back(std::move(act));
      return;
    }
  }
  act(*owned_);
}

void Server::Impl::give_up() {
  {
    const std::lock_guard lock(mutex_);
    hopeless_ = true;
  }
  changed_.notify_all();
}

core::Server* Server::Impl::await_server() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return owned_ != nullptr || hopeless_; });
  return owned_.get();
}

}  // namespace sentix
