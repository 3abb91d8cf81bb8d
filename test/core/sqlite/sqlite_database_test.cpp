#ifdef SENTIX_SQLITE
#include "core/sqlite/sqlite_database.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "test/support/temporary_folder.h"

namespace sentix::core {
namespace {

using namespace std::chrono_literals;
using channels::Position;
using channels::StoredChannel;
using test::TemporaryFolder;

Operation append(const std::string& channel, Position position, std::string_view data = "1", std::string key = {},
                 std::string_view user_json = {}) {
  const std::uint64_t offset = position.offset;
  return AppendOperation{.append = {.channel = channel,
                                    .position = std::move(position),
                                    .at = channels::Time::clock::now() - 5s,
                                    .key = std::move(key),
                                    .message = protocol::MessageDraft(channel, data, user_json).finish(offset),
                                    .attempt = {}}};
}

bool stored(const Operation& operation) {
  return std::get<AppendOperation>(operation).stored;
}

template <typename... Each>
std::vector<Operation> batch(Each&&... each) {
  std::vector<Operation> operations;
  (operations.push_back(std::forward<Each>(each)), ...);
  return operations;
}

std::vector<StoredChannel> loaded(Database& database) {
  std::vector<StoredChannel> channels;
  database.load([&](StoredChannel channel) { channels.push_back(std::move(channel)); });
  return channels;
}

std::vector<std::uint64_t> offsets(const StoredChannel& channel) {
  std::vector<std::uint64_t> result;
  for (const auto& publication : channel.publications) {
    result.push_back(publication.offset);
  }
  return result;
}

using Offsets = std::vector<std::uint64_t>;

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder.path("data");
  std::unique_ptr<SqliteDatabase> database = std::make_unique<SqliteDatabase>(path);

  void write(std::vector<Operation> operations) { database->write(operations, false); }
  void open_again() {
    database.reset();
    database = std::make_unique<SqliteDatabase>(path);
  }
};

TEST_CASE("what was not fsynced is uncertain where the machine has begun anew without an orderly stop") {
  const TemporaryFolder folder;
  const auto open = [&](const std::string& boot) {
    return std::make_unique<SqliteDatabase>(folder.path("data"), boot);
  };
  const auto uncertain = [](Database& database) {
    std::vector<std::string> names;
    for (const StoredChannel& channel : loaded(database)) {
      if (channel.uncertain) {
        names.push_back(channel.name);
      }
    }
    return names;
  };
  using Names = std::vector<std::string>;
  {
    const auto database = open("boot 1");
    CHECK(uncertain(*database).empty());
    database->begin_session();
    auto written = batch(append("written", {"e", 1}), append("both", {"e", 1}));
    auto synced = batch(append("synced", {"e", 1}), append("both", {"e", 2}));
    for (Operation& operation : synced) {
      std::get<AppendOperation>(operation).append.synced = true;
    }
    database->write(written, false);
    database->write(synced, true);
  }
  CHECK(uncertain(*open("boot 1")).empty());  // the process was killed
  CHECK(uncertain(*open("boot 2")) == Names{"written"});
  CHECK(uncertain(*open("")) == Names{"written"});
  {
    const auto database = open("boot 2");
    auto whole = batch(ReplaceOperation{{.name = "written", .top = {"e2", 1}, .publications = {}}});
    database->write(whole, true);
    database->begin_session();
    database->end_session();
  }
  CHECK(uncertain(*open("boot 3")).empty());
}

TEST_CASE("what is stored comes back byte for byte, from another process too") {
  Fixture f;
  const std::string data = R"({ "x" : 1.0, "x":"ü\u0000\n", "long": ")" + std::string(100'000, 'y') + "\"}";
  f.write(batch(append("a", {"e1", 1}, data, "3:annkey 'quoted'", R"("an\"n")"), append("b", {"e2", 1}, "null"),
                append("a", {"e1", 2}, "[]")));
  f.open_again();
  const auto channels = loaded(*f.database);
  REQUIRE(channels.size() == 2);
  CHECK(channels[0].name == "a");
  CHECK(channels[0].top == Position{"e1", 2});
  REQUIRE(offsets(channels[0]) == Offsets{1, 2});
  const auto& first = channels[0].publications[0];
  CHECK(first.data == data);
  CHECK(first.key == "3:annkey 'quoted'");
  CHECK(first.user_json == R"("an\"n")");
  const auto age = channels::Time::clock::now() - first.at;
  CHECK(age > 4s);
  CHECK(age < 5min);
  CHECK(channels[0].publications[1].key.empty());
  CHECK(channels[1].publications[0].data == "null");
}

TEST_CASE("what does not follow on what is stored is not stored, and the others of its batch are") {
  Fixture f;
  auto first = batch(append("a", {"e", 2}), append("a", {"e", 1}), append("a", {"e", 1}), append("a", {"e", 3}),
                     append("a", {"e", 2}));
  f.database->write(first, true);
  std::vector<bool> outcome;
  for (const Operation& operation : first) {
    outcome.push_back(stored(operation));
  }
  CHECK(outcome == std::vector<bool>{false, true, false, false, true});
  CHECK(offsets(loaded(*f.database).at(0)) == Offsets{1, 2});
}

TEST_CASE("a new epoch begins at 1 and takes the place of the old one") {
  Fixture f;
  f.write(batch(append("a", {"old", 1}), append("a", {"old", 2})));
  auto wrong = batch(append("a", {"new", 3}));
  f.database->write(wrong, false);
  CHECK_FALSE(stored(wrong[0]));
  f.write(batch(append("a", {"new", 1}, "7")));
  const auto channels = loaded(*f.database);
  REQUIRE(channels.size() == 1);
  CHECK(channels[0].top == Position{"new", 1});
  CHECK(offsets(channels[0]) == Offsets{1});
}

TEST_CASE("trimming leaves the newest offset known, forgetting leaves nothing") {
  Fixture f;
  for (std::uint64_t offset = 1; offset <= 5; ++offset) {
    f.write(batch(append("a", {"e", offset}), append("b", {"e", offset})));
  }
  f.write(batch(TrimOperation{"a", 4}, TrimOperation{"nowhere", 4}));
  CHECK(offsets(loaded(*f.database)[0]) == Offsets{4, 5});
  f.write(batch(TrimOperation{"a", 6}));
  CHECK(loaded(*f.database)[0].top == Position{"e", 5});
  CHECK(loaded(*f.database)[0].publications.empty());
  f.write(batch(append("a", {"e", 6}), ForgetOperation{"b"}, ForgetOperation{"nowhere"}));
  CHECK(loaded(*f.database).size() == 1);
  CHECK(offsets(loaded(*f.database)[0]) == Offsets{6});
  f.write(batch(ForgetOperation{"a"}, append("a", {"f", 1})));
  CHECK(loaded(*f.database)[0].top == Position{"f", 1});
}

TEST_CASE("a whole channel takes the place of what there was") {
  Fixture f;
  f.write(batch(append("a", {"e", 1})));
  StoredChannel whole{"a", {"e2", 9}, {}};
  for (const std::uint64_t offset : {8, 9}) {
    whole.publications.push_back({offset, {}, {}, {}, std::to_string(offset)});
  }
  f.write(batch(ReplaceOperation{whole}, ReplaceOperation{{"b", {"e3", 4}, {}}}));
  const auto channels = loaded(*f.database);
  REQUIRE(channels.size() == 2);
  CHECK(channels[0].top == Position{"e2", 9});
  CHECK(offsets(channels[0]) == Offsets{8, 9});
  CHECK(channels[1].top == Position{"e3", 4});
}

TEST_CASE("what is to be synced is committed with fsync, and what is merely written is not") {
  Fixture f;
  for (const bool synced : {true, false, true}) {
    auto operations = batch(append("a", {"e", 1}));
    f.database->write(operations, synced);
    SqliteStatement statement(f.database->connection(), "PRAGMA synchronous");
    SqliteStatement::Run run(statement);
    REQUIRE(run.step());
    CHECK(run.number(0) == (synced ? 2 : 1));  // FULL, NORMAL
  }
}

TEST_CASE("a second one on the same folder is refused") {
  Fixture f;
  CHECK_THROWS_WITH(SqliteDatabase{f.path}, "another process uses it");
  f.open_again();
}

TEST_CASE("a newer schema is refused") {
  Fixture f;
  f.database.reset();
  {
    SqliteConnection connection((f.path + "/sentix.db").c_str());
    connection.execute("PRAGMA user_version = 2");
  }
  CHECK_THROWS_WITH(SqliteDatabase{f.path},
                    "sentix.db is of version 2, and this sentix knows 1: a newer one has written it");
}

TEST_CASE("what is no database, and a folder that cannot be, are refused") {
  const TemporaryFolder folder;
  folder.write("sentix.db",
               "this is a text of more than a hundred bytes, which no version of SQLite takes for one of "
               "its databases, however kindly it looks at it");
  CHECK_THROWS_WITH(SqliteDatabase{folder.path("")}, "file is not a database");
  folder.write("file", "");
  CHECK_THROWS_AS(SqliteDatabase{folder.path("file/data")}, std::runtime_error);
}

TEST_CASE("a folder that is made is its owner's alone") {
  const Fixture f;
  struct stat status {};
  REQUIRE(::stat(f.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("on a full disk a batch is written whole or not at all, and goes on when there is room") {
  Fixture f;
  f.write(batch(append("a", {"e", 1})));
  {
    SqliteConnection& connection = f.database->connection();
    connection.execute("PRAGMA max_page_count = 8");
    auto large = batch(append("a", {"e", 2}), append("a", {"e", 3}, '"' + std::string(1 << 20, 'x') + '"'));
    CHECK_THROWS_WITH(f.database->write(large, false), "database or disk is full");
    CHECK(offsets(loaded(*f.database)[0]) == Offsets{1});
    connection.execute("PRAGMA max_page_count = 100000");
  }
  f.database->probe();
  f.write(batch(append("a", {"e", 2})));
  CHECK(offsets(loaded(*f.database)[0]) == Offsets{1, 2});
}

}  // namespace
}  // namespace sentix::core
#endif
