#include "core/sqlite/sqlite_statement.h"

#include <stdexcept>
#include <string>

namespace sentix::core {

SqliteConnection::SqliteConnection(const char* path) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path, &connection_, flags, nullptr) != SQLITE_OK) {
    const std::string sentence = connection_ != nullptr ? sqlite3_errmsg(connection_) : "out of memory";
    sqlite3_close(connection_);
    throw std::runtime_error(sentence);
  }
}

SqliteConnection::~SqliteConnection() {
  sqlite3_close(connection_);
}

void SqliteConnection::execute(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail();
  }
}

void SqliteConnection::roll_back() noexcept {
  if (sqlite3_get_autocommit(connection_) == 0) {
    sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void SqliteConnection::fail() const {
  throw std::runtime_error(sqlite3_errmsg(connection_));
}

SqliteStatement::SqliteStatement(SqliteConnection& connection, const char* sql) : connection_(connection) {
  if (sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) {
    connection.fail();
  }
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

void SqliteStatement::bind(int index, std::uint64_t number) {
  bind(index, static_cast<std::int64_t>(number));
}

void SqliteStatement::bind(int index, std::int64_t number) {
  if (sqlite3_bind_int64(statement_, index, number) != SQLITE_OK) {
    connection_.fail();
  }
}

void SqliteStatement::bind(int index, std::string_view text) {
  const char* begin = text.empty() ? "" : text.data();  // a null pointer would be NULL
  if (sqlite3_bind_text64(statement_, index, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) {
    connection_.fail();
  }
}

SqliteStatement::Run::~Run() {
  sqlite3_reset(statement_.statement_);
  sqlite3_clear_bindings(statement_.statement_);
}

bool SqliteStatement::Run::step() {
  const int status = sqlite3_step(statement_.statement_);
  if (status != SQLITE_ROW && status != SQLITE_DONE) {
    statement_.connection_.fail();
  }
  return status == SQLITE_ROW;
}

std::uint64_t SqliteStatement::Run::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.statement_, column));
}

std::string_view SqliteStatement::Run::text(int column) const {
  const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_.statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.statement_, column));
  return begin == nullptr ? std::string_view() : std::string_view(begin, size);
}

}  // namespace sentix::core
