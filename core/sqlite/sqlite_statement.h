#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

namespace sentix::core {

// A connection to a database of SQLite. Everything of it throws std::runtime_error with SQLite's own sentence.
class SqliteConnection {
 public:
  explicit SqliteConnection(const char* path);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  void execute(const char* sql);
  // The transaction that is under way, if one is, has never been.
  void roll_back() noexcept;

  [[nodiscard]] sqlite3* get() const { return connection_; }
  [[noreturn]] void fail() const;

 private:
  sqlite3* connection_ = nullptr;
};

// A prepared statement, used again and again: bind, then step, then reset by going out of the Run's scope.
class SqliteStatement {
 public:
  SqliteStatement(SqliteConnection& connection, const char* sql);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // One use of a statement, with its values bound in order; texts are borrowed until it ends.
  class Run {
   public:
    template <typename... Values>
    explicit Run(SqliteStatement& statement, const Values&... values) : statement_(statement) {
      int index = 0;
      (statement_.bind(++index, values), ...);
    }
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    // Whether there is another row.
    bool step();
    [[nodiscard]] std::uint64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;  // valid until the next step()

   private:
    SqliteStatement& statement_;
  };

 private:
  void bind(int index, std::uint64_t number);
  void bind(int index, std::int64_t number);
  void bind(int index, std::string_view text);

  SqliteConnection& connection_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace sentix::core
