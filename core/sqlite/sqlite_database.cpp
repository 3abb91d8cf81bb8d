#include "core/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace sentix::core {
namespace {

using channels::Position;
using channels::StoredChannel;
using channels::StoredPublication;
using channels::Time;
using std::chrono::milliseconds;
using Wall = std::chrono::system_clock;

constexpr const char* kSchema =
    "BEGIN;"
    "CREATE TABLE channels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL,"
    "  top INTEGER NOT NULL, synced INTEGER NOT NULL) STRICT;"
    "CREATE TABLE publications (channel INTEGER NOT NULL, offset INTEGER NOT NULL, at INTEGER NOT NULL,"
    "  user TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (channel, offset)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE session (boot TEXT NOT NULL) STRICT;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

// The clock that the channels have begins anew with each boot; what is stored is the time of day.
std::int64_t to_wall_ms(Time at) {
  const auto age = std::chrono::duration_cast<milliseconds>(Time::clock::now() - at);
  return (std::chrono::duration_cast<milliseconds>(Wall::now().time_since_epoch()) - age).count();
}

Time from_wall_ms(std::int64_t at_ms) {
  const auto now = std::chrono::duration_cast<milliseconds>(Wall::now().time_since_epoch());
  return Time::clock::now() - (now - milliseconds(at_ms));
}

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::generic_category().message(error));
}

std::uint64_t version_of(SqliteConnection& connection) {
  SqliteStatement statement(connection, "PRAGMA user_version");
  SqliteStatement::Run run(statement);
  run.step();
  return run.number(0);
}

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& folder, std::string boot)
    : boot_(std::move(boot)), lock_(lock(folder)), prepared_(folder + "/sentix.db") {}

std::string SqliteDatabase::boot_of_this_machine() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return boot;
}

FileDescriptor SqliteDatabase::lock(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    fail("the folder cannot be made", error.value());
  }
  const std::string path = folder + "/sentix.lock";
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) {
    fail(path, errno);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      throw std::runtime_error("another process uses it");
    }
    fail(path, errno);
  }
  return fd;
}

void SqliteDatabase::prepare(SqliteConnection& connection) {
  connection.execute("PRAGMA locking_mode = EXCLUSIVE");
  connection.execute("PRAGMA journal_mode = WAL");
  connection.execute("PRAGMA synchronous = NORMAL");
  connection.execute("PRAGMA fullfsync = ON");                 // where fsync() leaves data in the disk's cache
  connection.execute("PRAGMA journal_size_limit = 67108864");  // what a flood made of the WAL is given back
  const std::uint64_t version = version_of(connection);
  if (version > kSchemaVersion) {
    throw std::runtime_error("sentix.db is of version " + std::to_string(version) + ", and this sentix knows " +
                             std::to_string(kSchemaVersion) + ": a newer one has written it");
  }
  if (version == 0) {
    connection.execute(kSchema);
  }
}

// --- Reading -------------------------------------------------------------------------------------------------------

// What does not end at the newest offset, or has a gap, is not to be had: only a fault of the disk makes such a thing.
void SqliteDatabase::load(const std::function<void(StoredChannel)>& take) {
  const bool lost = may_have_lost();
  SqliteStatement::Run channels(all_channels_);
  while (channels.step()) {
    StoredChannel channel{std::string(channels.text(0)), {std::string(channels.text(1)), channels.number(2)}, {}};
    channel.uncertain = lost && channels.number(4) == 0;
    auto& publications = channel.publications;
    SqliteStatement::Run rows(all_publications_, channels.number(3));
    while (rows.step()) {
      const std::uint64_t offset = rows.number(0);
      if (!publications.empty() && offset != publications.back().offset + 1) {
        publications.clear();
      }
      publications.push_back({.offset = offset,
                              .at = from_wall_ms(static_cast<std::int64_t>(rows.number(1))),
                              .user_json = std::string(rows.text(2)),
                              .key = std::string(rows.text(3)),
                              .data = std::string(rows.text(4))});
    }
    if (!publications.empty() && publications.back().offset != channel.top.offset) {
      publications.clear();
    }
    take(std::move(channel));
  }
}

// Whether the last one who used it has not ended it, and the machine has begun anew since.
bool SqliteDatabase::may_have_lost() {
  SqliteStatement session(connection_, "SELECT boot FROM session");
  SqliteStatement::Run run(session);
  return run.step() && (boot_.empty() || run.text(0) != boot_);
}

// --- Writing -------------------------------------------------------------------------------------------------------

template <class Act>
void SqliteDatabase::transact(Act&& act) {
  rows_.clear();
  try {
    connection_.execute("BEGIN IMMEDIATE");
    act();
    connection_.execute("COMMIT");
  } catch (...) {
    connection_.roll_back();
    throw;
  }
}

void SqliteDatabase::set_synced(bool synced) {
  if (synced != synced_) {
    connection_.execute(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    synced_ = synced;
  }
}

void SqliteDatabase::write(std::span<Operation> operations, bool synced) {
  set_synced(synced);
  transact([&] {
    for (Operation& operation : operations) {
      std::visit([this](auto& each) { apply(each); }, operation);
    }
    store_rows();
  });
}

void SqliteDatabase::begin_session() {
  set_synced(true);
  transact([this] {
    connection_.execute("DELETE FROM session");
    SqliteStatement insert(connection_, "INSERT INTO session VALUES (?)");
    SqliteStatement::Run(insert, std::string_view(boot_)).step();
  });
}

void SqliteDatabase::end_session() {
  set_synced(true);
  transact([this] { connection_.execute("DELETE FROM session"); });
}

void SqliteDatabase::probe() {
  transact([this] { connection_.execute("PRAGMA user_version = 1"); });
}

void SqliteDatabase::apply(AppendOperation& operation) {
  const channels::Storage::Append& append = operation.append;
  Row& row = row_of(append.channel);
  const bool goes_on = row.id != 0 && row.top.epoch == append.position.epoch;
  operation.stored = append.position.offset == (goes_on ? row.top.offset + 1 : 1);
  if (!operation.stored) {
    return;
  }
  if (!goes_on) {
    begin(append.channel, row, append.position, append.synced);
  }
  insert(row, append.position.offset, append.at, append.message.user_json(), append.key, append.message.data_json());
  row.top.offset = append.position.offset;
  row.synced = append.synced;
  row.changed = true;
}

void SqliteDatabase::apply(const TrimOperation& operation) {
  if (const Row& row = row_of(operation.channel); row.id != 0) {
    SqliteStatement::Run(delete_before_, row.id, operation.first_kept).step();
  }
}

void SqliteDatabase::apply(const ForgetOperation& operation) {
  if (Row& row = row_of(operation.channel); row.id != 0) {
    remove(row);
  }
}

void SqliteDatabase::apply(const ReplaceOperation& operation) {
  const StoredChannel& channel = operation.channel;
  Row& row = row_of(channel.name);
  begin(channel.name, row, channel.top, true);
  for (const StoredPublication& publication : channel.publications) {
    insert(row, publication.offset, publication.at, publication.user_json, publication.key, publication.data);
  }
}

SqliteDatabase::Row& SqliteDatabase::row_of(const std::string& channel) {
  const auto [place, is_new] = rows_.try_emplace(channel);
  if (is_new) {
    SqliteStatement::Run found(find_channel_, std::string_view(channel));
    if (found.step()) {
      place->second = {found.number(0), {std::string(found.text(1)), found.number(2)}, found.number(3) != 0};
    }
  }
  return place->second;
}

// In place of whatever there was.
void SqliteDatabase::begin(const std::string& channel, Row& row, const Position& top, bool synced) {
  if (row.id != 0) {
    remove(row);
  }
  SqliteStatement::Run(insert_channel_, std::string_view(channel), std::string_view(top.epoch), top.offset,
                       std::uint64_t{synced})
      .step();
  row = {static_cast<std::uint64_t>(sqlite3_last_insert_rowid(connection_.get())), top, synced};
}

void SqliteDatabase::insert(const Row& row, std::uint64_t offset, Time at, std::string_view user, std::string_view key,
                            std::string_view data) {
  SqliteStatement::Run(insert_publication_, row.id, offset, to_wall_ms(at), user, key, data).step();
}

void SqliteDatabase::remove(Row& row) {
  SqliteStatement::Run(delete_all_, row.id).step();
  SqliteStatement::Run(delete_channel_, row.id).step();
  row = {};
}

void SqliteDatabase::store_rows() {
  for (const auto& [name, row] : rows_) {
    if (row.changed) {
      SqliteStatement::Run(update_channel_, row.top.offset, std::uint64_t{row.synced}, row.id).step();
    }
  }
}

}  // namespace sentix::core
