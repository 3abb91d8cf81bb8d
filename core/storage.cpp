#include "core/storage.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace sentix::core {
namespace {

// Of one transaction: more would make those at its beginning wait longer than they save.
constexpr std::size_t kBatchOperations = 4096;
constexpr std::chrono::seconds kProbeInterval{1};

std::size_t size_of(const Operation& operation) {
  const auto* append = std::get_if<AppendOperation>(&operation);
  return sizeof(Operation) + (append != nullptr ? append->append.message.frame.bytes().size() : 0);
}

bool synced(const Operation& operation) {
  const auto* append = std::get_if<AppendOperation>(&operation);
  return append != nullptr && append->append.synced;
}

}  // namespace

Storage::Storage(std::size_t bytes_max, LogSink log) : bytes_max_(bytes_max), log_(std::move(log)) {}

Storage::~Storage() {
  stop();
}

void Storage::start(std::unique_ptr<Database> database, channels::StorageResults& results) {
  database_ = std::move(database);
  results_ = &results;
  thread_ = std::thread([this] { run(); });
}

std::unique_ptr<Database> Storage::stop() noexcept {
  if (!thread_.joinable()) {
    return nullptr;
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  return std::move(database_);
}

// --- What any thread asks for --------------------------------------------------------------------------------------

void Storage::append(Append append) {
  enqueue(AppendOperation{std::move(append)});
}

void Storage::trim(std::string_view channel, std::uint64_t first_kept) noexcept {
  try {
    enqueue(TrimOperation{std::string(channel), first_kept});
  } catch (...) {  // out of memory: the next one does it
  }
}

void Storage::forget(std::string_view channel) noexcept {
  try {
    enqueue(ForgetOperation{std::string(channel)});
  } catch (...) {  // out of memory: it is forgotten when it is loaded and has outlived its time
  }
}

void Storage::enqueue(Operation operation) {
  const std::size_t size = size_of(operation);
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = queue_.empty();
    queue_.push_back(std::move(operation));
    bytes_.fetch_add(size, std::memory_order_relaxed);
  }
  if (first) {
    changed_.notify_one();
  }
}

std::string Storage::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

// --- The thread ----------------------------------------------------------------------------------------------------

void Storage::run() noexcept {
  for (;;) {
    Operations operations = wait_for_work();
    if (operations.empty()) {
      const std::lock_guard lock(mutex_);
      if (stopping_ && queue_.empty()) {
        return;
      }
    }
    std::span<Operation> rest(operations);
    while (!rest.empty()) {
      const std::size_t count = std::min(rest.size(), kBatchOperations);
      write(rest.first(count));
      rest = rest.subspan(count);
    }
    if (operations.empty() && failing_.load(std::memory_order_relaxed)) {
      probe();
    }
  }
}

Storage::Operations Storage::wait_for_work() {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return !queue_.empty() || stopping_; };
  if (failing_.load(std::memory_order_relaxed)) {
    changed_.wait_for(lock, kProbeInterval, something);
  } else {
    changed_.wait(lock, something);
  }
  return std::exchange(queue_, {});
}

void Storage::write(std::span<Operation> batch) noexcept {
  bool stored = false;
  try {
    database_->write(batch, std::any_of(batch.begin(), batch.end(), synced));
    stored = true;
  } catch (const std::exception& error) {
    set_problem(error.what());
  }
  std::size_t bytes = 0;
  for (const Operation& operation : batch) {
    bytes += size_of(operation);
  }
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  if (stored && failing_.load(std::memory_order_relaxed)) {
    clear_problem();
  }
  tell(batch, stored);
}

// Of publications in a row only the last one's place is told: it stands for those before it.
void Storage::tell(std::span<const Operation> batch, bool stored) noexcept {
  const AppendOperation* last = nullptr;
  const auto tell_last = [&] {
    if (last == nullptr) {
      return;
    }
    const Append& append = last->append;
    if (stored && last->stored) {
      results_->stored(append.channel, append.attempt, append.position.offset);
    } else {
      results_->not_stored(append.channel, append.attempt);
    }
  };
  for (const Operation& operation : batch) {
    const auto* append = std::get_if<AppendOperation>(&operation);
    if (append == nullptr) {
      continue;
    }
    const bool in_a_row = last != nullptr && last->stored == append->stored &&
                          last->append.attempt == append->append.attempt &&
                          last->append.channel == append->append.channel;
    if (!in_a_row) {
      tell_last();
    }
    last = append;
  }
  tell_last();
}

void Storage::probe() noexcept {
  try {
    database_->probe();
    clear_problem();
  } catch (const std::exception& error) {
    set_problem(error.what());
  }
}

// The log has a line when the trouble begins and one when it ends.
void Storage::set_problem(std::string_view sentence) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      problem_ = sentence;
    }
    if (!failing_.exchange(true) && log_) {
      log_(LogLevel::error, "durable channels cannot be stored: " + std::string(sentence));
    }
  } catch (...) {  // out of memory
    failing_.store(true);
  }
}

void Storage::clear_problem() noexcept {
  {
    const std::lock_guard lock(mutex_);
    problem_.clear();
  }
  failing_.store(false);
  try {
    if (log_) {
      log_(LogLevel::info, "durable channels are stored again");
    }
  } catch (...) {  // out of memory
  }
}

}  // namespace sentix::core
