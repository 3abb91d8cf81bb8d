#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "channels/storage.h"

namespace sentix::core {

// What is done to a database, in the order in which it was asked for.
struct AppendOperation {
  channels::Storage::Append append;
  // Written by Database::write(): false where it does not follow on what is stored of the channel, because what came
  // before it has failed. Nothing is stored of it then.
  bool stored = false;
};
struct TrimOperation {
  std::string channel;
  std::uint64_t first_kept = 0;
};
struct ForgetOperation {
  std::string channel;
};
struct ReplaceOperation {  // all that is stored of a channel, by this
  channels::StoredChannel channel;
};
using Operation = std::variant<AppendOperation, TrimOperation, ForgetOperation, ReplaceOperation>;

// A database of channels: SQLite, or a test's double. Used by one thread at a time. Everything throws
// std::runtime_error with a sentence that says what is wrong with it, or std::bad_alloc.
class Database {
 public:
  virtual ~Database() = default;

  // All that is stored, one channel after the other. Before begin_session().
  virtual void load(const std::function<void(channels::StoredChannel)>& take) = 0;

  // Does all of it, or, where it throws, nothing. When it returns, it has survived the end of the process, and, if
  // `synced`, the loss of power.
  virtual void write(std::span<Operation> operations, bool synced) = 0;

  // From now on, until the other, whatever ends this was no orderly stop. That both have happened survives the loss of
  // power.
  virtual void begin_session() = 0;
  virtual void end_session() = 0;

  // Writes something of no meaning, to see whether that is possible.
  virtual void probe() = 0;
};

// Opens the database in a folder, which is made where it is missing, for this process alone. Throws std::system_error
// with a sentence that names data_dir.
[[nodiscard]] std::unique_ptr<Database> open_database(const std::string& data_dir);

}  // namespace sentix::core
