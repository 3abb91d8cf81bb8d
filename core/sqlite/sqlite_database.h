#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/database.h"
#include "core/file_descriptor.h"
#include "core/sqlite/sqlite_statement.h"

namespace sentix::core {

// Channels in SQLite: the file sentix.db in a folder, in WAL mode.
//
//   channels      name, epoch, and the newest offset that was ever given: also of one of which nothing is left; and
//                 whether that was fsynced
//   publications  of a channel, by offset: when it was published (milliseconds since 1970), user, key, data
//   session       while it is in use: the boot of the machine (`boot`), which is another one after the loss of power
//
// A commit without fsync is in the kernel's hands, and so survives the end of the process; for `synced` the WAL is
// fsynced before write() returns. The folder is locked (sentix.lock) as long as this lives, and SQLite's index of the
// WAL is in memory instead of a file that is mapped: on a full disk that would end the process with SIGBUS.
class SqliteDatabase final : public Database {
 public:
  // What PRAGMA user_version says. A database of a newer version is refused.
  static constexpr std::uint64_t kSchemaVersion = 1;

  // The folder is made where it is missing, for its owner alone. Without `boot` every stop that is not orderly may have
  // been the loss of power.
  explicit SqliteDatabase(const std::string& folder, std::string boot = boot_of_this_machine());

  [[nodiscard]] static std::string boot_of_this_machine();  // empty where the system does not tell

  void load(const std::function<void(channels::StoredChannel)>& take) override;
  void write(std::span<Operation> operations, bool synced) override;
  void begin_session() override;
  void end_session() override;
  void probe() override;

  // For tests that look behind.
  [[nodiscard]] SqliteConnection& connection() { return connection_; }

 private:
  // A channel, as the transaction under way has it.
  struct Row {
    std::uint64_t id = 0;  // 0: there is none
    channels::Position top;
    bool synced = false;
    bool changed = false;
  };

  // Holds its folder's lock; its connection is open and of the right version.
  static FileDescriptor lock(const std::string& folder);
  static void prepare(SqliteConnection& connection);

  template <class Act>
  void transact(Act&& act);
  void set_synced(bool synced);

  void apply(AppendOperation& operation);
  void apply(const TrimOperation& operation);
  void apply(const ForgetOperation& operation);
  void apply(const ReplaceOperation& operation);

  Row& row_of(const std::string& channel);
  void begin(const std::string& channel, Row& row, const channels::Position& top, bool synced);
  void insert(const Row& row, std::uint64_t offset, channels::Time at, std::string_view user, std::string_view key,
              std::string_view data);
  void remove(Row& row);
  void store_rows();

  [[nodiscard]] bool may_have_lost();

  const std::string boot_;
  FileDescriptor lock_;
  struct Prepared {
    SqliteConnection connection;
    explicit Prepared(const std::string& path) : connection(path.c_str()) { prepare(connection); }
  } prepared_;
  SqliteConnection& connection_ = prepared_.connection;
  bool synced_ = false;              // what PRAGMA synchronous says
  std::map<std::string, Row> rows_;  // of the transaction under way

  SqliteStatement all_channels_{connection_, "SELECT name, epoch, top, id, synced FROM channels ORDER BY id"};
  SqliteStatement all_publications_{connection_,
                                    "SELECT offset, at, user, key, data FROM publications WHERE channel = ? "
                                    "ORDER BY offset"};
  SqliteStatement find_channel_{connection_, "SELECT id, epoch, top, synced FROM channels WHERE name = ?"};
  SqliteStatement insert_channel_{connection_, "INSERT INTO channels (name, epoch, top, synced) VALUES (?, ?, ?, ?)"};
  SqliteStatement update_channel_{connection_, "UPDATE channels SET top = ?, synced = ? WHERE id = ?"};
  SqliteStatement delete_channel_{connection_, "DELETE FROM channels WHERE id = ?"};
  SqliteStatement insert_publication_{connection_, "INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?)"};
  SqliteStatement delete_before_{connection_, "DELETE FROM publications WHERE channel = ? AND offset < ?"};
  SqliteStatement delete_all_{connection_, "DELETE FROM publications WHERE channel = ?"};
};

}  // namespace sentix::core
