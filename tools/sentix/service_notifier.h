#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "tools/sentix/environment.h"

namespace sentix::tools {

// Tells a service manager how the process is, by datagrams to the socket that NOTIFY_SOCKET names (sd_notify(3) of
// systemd). Where there is none, and where it cannot be reached, nothing happens. Thread-safe.
class ServiceNotifier {
 public:
  explicit ServiceNotifier(const Environment& environment);

  void ready(const std::string& status) const;  // also after reloading()
  void reloading() const;
  void stopping() const;
  void alive() const;

  // How long the manager waits for alive() before it takes the process for hung: nothing where it does not ask for it.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_timeout() const { return watchdog_timeout_; }

 private:
  void send(std::string_view message) const;

  std::string path_;  // "@name" is one in the abstract namespace
  std::optional<std::chrono::microseconds> watchdog_timeout_;
};

// Calls alive() twice in the manager's timeout while the process is, on a thread of its own.
class Watchdog {
 public:
  // `is_alive` says whether everything has moved since it was asked last. Both outlive this. Without a timeout there is
  // no thread.
  Watchdog(const ServiceNotifier& notifier, std::function<bool()> is_alive);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  const ServiceNotifier& notifier_;
  const std::function<bool()> is_alive_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sentix::tools
