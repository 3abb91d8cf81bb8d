#include "tools/sentix/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/file_descriptor.h"
#include "test/support/temporary_folder.h"

using namespace sentix::tools;
using sentix::core::LogLevel;
using sentix::test::TemporaryFolder;

namespace {

Settings single(const std::string& path) {
  Settings settings;
  settings.log_channel = "single";
  settings.log_path = path;
  return settings;
}

std::size_t lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a file gets every line, with level and time, in a folder that is made") {
  const TemporaryFolder folder;
  {
    const Log log(single(folder.path("a/b/x.log")));
    log.sink()(LogLevel::info, "hello");
    log.sink()(LogLevel::warning, "{braces} are text");
    log.sink()(LogLevel::debug, "hidden");
  }
  const std::string text = folder.read("a/b/x.log");
  CHECK(lines(text) == 2);
  CHECK(text.find(" info hello\n") != std::string::npos);
  CHECK(text.find(" warning {braces} are text\n") != std::string::npos);
}

TEST_CASE("the level is the least that is written") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_level = "warning";
  {
    const Log log(settings);
    log.sink()(LogLevel::info, "hidden");
    log.sink()(LogLevel::warning, "seen");
    log.sink()(LogLevel::error, "seen too");
  }
  CHECK(lines(folder.read("x.log")) == 2);
}

TEST_CASE("a JSON line has time, level, message and every field") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_format = "json";
  const std::array<sentix::core::LogField, 1> fields{{{"code", std::uint64_t{4201}}}};
  {
    const Log log(settings);
    log.sink()({.level = LogLevel::warning, .text = "over", .reason = "no_pong", .fields = fields});
  }
  const std::string text = folder.read("x.log");
  CHECK(text.starts_with(R"({"time":"20)"));
  CHECK(text.ends_with(R"(","level":"warning","message":"over","reason":"no_pong","code":4201})"
                       "\n"));
}

TEST_CASE("repeats of one reason are summed up") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_repeats = 2;
  {
    const Log log(settings);
    for (int i = 0; i < 10; ++i) {
      log.sink()({.text = std::to_string(i) + " is refused", .reason = "server_full"});
    }
  }
  const std::string text = folder.read("x.log");
  CHECK(lines(text) == 3);
  CHECK(text.ends_with(" info 8 more of them in 10 s: server_full (log_repeats is 2)\n"));
}

TEST_CASE("a file is put aside before it grows beyond its limit, and so many are kept") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_max_bytes = 1000;
  settings.log_files = 2;
  settings.log_repeats = 0;
  const std::string hundred(100 - std::string("2024-01-31T00:00:00.000+00:00 info \n").size(), 'x');
  {
    const Log log(settings);
    for (int i = 0; i < 35; ++i) {
      log.sink()(LogLevel::info, hundred);
    }
  }
  CHECK(folder.read("x.log").size() == 500);
  CHECK(folder.read("x.log.1").size() == 1000);
  CHECK(folder.read("x.log.2").size() == 1000);
  CHECK_FALSE(std::filesystem::exists(folder.path("x.log.3")));
  {
    const Log log(settings);  // what is there already counts
    for (int i = 0; i < 6; ++i) {
      log.sink()(LogLevel::info, hundred);
    }
  }
  CHECK(folder.read("x.log").size() == 100);
  CHECK(folder.read("x.log.1").size() == 1000);
}

TEST_CASE("where no file is to be kept, the old lines go") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_max_bytes = 1;
  settings.log_files = 0;
  {
    const Log log(settings);
    log.sink()(LogLevel::info, "old");
    log.sink()(LogLevel::info, "new");
  }
  CHECK(lines(folder.read("x.log")) == 1);
  CHECK(folder.read("x.log").ends_with(" new\n"));
}

TEST_CASE("a file that cannot be put aside goes on") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_max_bytes = 1;
  settings.log_files = 1;
  std::filesystem::create_directories(folder.path("x.log.1/in_the_way"));
  {
    const Log log(settings);
    log.sink()(LogLevel::info, "old");
    log.sink()(LogLevel::info, "new");
  }
  CHECK(lines(folder.read("x.log")) == 2);
}

TEST_CASE("who logs waits for nobody, and lost lines are counted") {
  const TemporaryFolder folder;
  const std::string path = folder.path("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const sentix::core::FileDescriptor reader(::open(path.c_str(), O_RDWR));
  Settings settings = single(path);
  settings.log_repeats = 0;
  std::string text;
  {
    auto log = std::make_unique<Log>(settings);
    for (int i = 0; i < 20'000; ++i) {
      log->sink()(LogLevel::info, "nobody reads");  // would never end if it waited
    }
    std::thread end([&log] { log.reset(); });
    while (text.find(" lines are lost") == std::string::npos) {
      std::array<char, 65536> bytes{};
      const ssize_t count = ::read(reader.get(), bytes.data(), bytes.size());
      REQUIRE(count > 0);
      text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    end.join();
  }
  CHECK(lines(text) < 20'000);
}

TEST_CASE("debug lines appear where they are asked for") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_level = "debug";
  {
    const Log log(settings);
    log.sink()(LogLevel::debug, "seen");
  }
  CHECK(folder.read("x.log").find(" debug seen\n") != std::string::npos);
}

TEST_CASE("the error log gets errors alone, and they stay in the channel") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.error_log = folder.path("errors/e.log");
  {
    const Log log(settings);
    log.sink()(LogLevel::info, "fine");
    log.sink()(LogLevel::error, "broken");
  }
  CHECK(lines(folder.read("x.log")) == 2);
  const std::string errors = folder.read("errors/e.log");
  CHECK(lines(errors) == 1);
  CHECK(errors.find(" error broken\n") != std::string::npos);
}

TEST_CASE("the daily file has a date before its extension") {
  const TemporaryFolder folder;
  Settings settings = single(folder.path("logs/websocket.log"));
  settings.log_channel = "daily";
  {
    const Log log(settings);
    log.sink()(LogLevel::info, "hello");
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("logs"))) {
    names.push_back(entry.path().filename().string());
  }
  REQUIRE(names.size() == 1);
  CHECK(names[0].size() == std::string("websocket-2024-01-31.log").size());
  CHECK(names[0].starts_with("websocket-20"));
  CHECK(names[0].ends_with(".log"));
}

TEST_CASE("what cannot be opened is said of the setting that asked for it") {
  const TemporaryFolder folder;
  Settings settings = single(folder.write("file", "") + "/x.log");
  settings.sources["log_path"] = {.place = ".env", .line = 4, .name = "WEBSOCKET_LOG_PATH"};
  CHECK_THROWS_WITH_AS(Log{settings}, doctest::Contains(".env:4: WEBSOCKET_LOG_PATH: "), std::runtime_error);

  Settings errors = single(folder.path("x.log"));
  errors.error_log = folder.path("file/e.log");
  CHECK_THROWS_WITH_AS(Log{errors}, doctest::Contains("error_log: "), std::runtime_error);
}

TEST_CASE("a file that was moved away is opened anew on demand") {
  const TemporaryFolder folder;
  {
    Log log(single(folder.path("x.log")));
    std::filesystem::rename(folder.path("x.log"), folder.path("x.log.1"));
    CHECK(log.reopen().empty());
    log.sink()(LogLevel::info, "new");
  }
  CHECK(folder.read("x.log.1").empty());
  CHECK(lines(folder.read("x.log")) == 1);
}

TEST_CASE("where a file cannot be opened anew the old one stays in use") {
  const TemporaryFolder folder;
  {
    Log log(single(folder.path("logs/x.log")));
    std::filesystem::rename(folder.path("logs"), folder.path("moved"));
    const std::string in_the_way = folder.write("logs", "");
    CHECK_FALSE(log.reopen().empty());
    log.sink()(LogLevel::info, "still here");
  }
  CHECK(lines(folder.read("moved/x.log")) == 1);
}

TEST_CASE("a full disk costs lines, not the process") {
  const Log log(single("/dev/full"));
  for (int i = 0; i < 100; ++i) {
    log.sink()(LogLevel::info, "lost");
  }
}

TEST_CASE("many threads may log at once") {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  const TemporaryFolder folder;
  Settings settings = single(folder.path("x.log"));
  settings.log_repeats = 0;
  {
    const Log log(settings);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([sink = log.sink()] {
        for (int j = 0; j < kLines; ++j) {
          sink(LogLevel::info, "line");
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  CHECK(lines(folder.read("x.log")) == kThreads * kLines);
}
