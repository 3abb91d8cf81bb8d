#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "channels/storage.h"
#include "core/database.h"
#include "core/log.h"

namespace sentix::core {

// Writes durable channels to a database, on a thread of its own: what waits goes in batches, each of them one
// transaction, so that many publications share the cost of making them durable.
//
// A batch that fails fails all of its publications; whoever published is told. What comes later is tried anew, and
// while nothing comes, the database is probed once a second: so trouble ends by itself when its cause does.
//
// start() and stop() are for the thread that runs the server, the rest for any thread.
class Storage final : public channels::Storage {
 public:
  // Congested above `bytes_max` that wait to be written.
  Storage(std::size_t bytes_max, LogSink log);
  ~Storage() override;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // Writes to `database` from now on. `results` outlives this, or stop(). std::system_error where there is no thread to
  // be had.
  void start(std::unique_ptr<Database> database, channels::StorageResults& results);

  // Writes what waits, ends the thread, and gives the database back; null where start() was not called. What is handed
  // over later is written nowhere.
  std::unique_ptr<Database> stop() noexcept;

  void append(Append append) override;
  void trim(std::string_view channel, std::uint64_t first_kept) noexcept override;
  void forget(std::string_view channel) noexcept override;
  [[nodiscard]] bool congested() const override { return bytes_.load(std::memory_order_relaxed) > bytes_max_; }

  // Why nothing can be stored at the moment, in a sentence; empty where it can.
  [[nodiscard]] std::string problem() const;

 private:
  using Operations = std::vector<Operation>;

  void enqueue(Operation operation);
  void run() noexcept;
  // What has come, when it has, or when it is time to probe; empty and `stopping_`: all is done.
  Operations wait_for_work();
  void write(std::span<Operation> batch) noexcept;
  void tell(std::span<const Operation> batch, bool stored) noexcept;
  void probe() noexcept;
  void set_problem(std::string_view sentence) noexcept;
  void clear_problem() noexcept;

  std::unique_ptr<Database> database_;
  const std::size_t bytes_max_;
  const LogSink log_;
  channels::StorageResults* results_ = nullptr;
  std::thread thread_;

  std::atomic<std::size_t> bytes_{0};  // that wait
  std::atomic<bool> failing_{false};
  mutable std::mutex mutex_;  // of what follows; no other lock is taken under it
  std::condition_variable changed_;
  Operations queue_;
  std::string problem_;
  bool stopping_ = false;
};

}  // namespace sentix::core
