#include "core/log.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "protocol/utf8.h"

using sentix::core::LogLevel;
using sentix::core::LogLine;
using sentix::core::LogSink;
using sentix::core::one_line;

TEST_CASE("a text stays on its line, and out of the terminal's business") {
  struct Row {
    std::string text;
    std::string line;
  };
  const std::vector<Row> rows = {
      {"", ""},
      {"plain {text}, with \"quotes\" and \\", "plain {text}, with \"quotes\" and \\"},
      {"a\nb\r\nc\td", "a\\nb\\r\\nc\\td"},
      {"\x1b[2J\x07\x7f", "\\x1b[2J\\x07\\x7f"},
      {std::string("nul\0", 4), "nul\\x00"},
      {"J\xC3\xB6rg \xE2\x82\xAC \xF0\x9F\x98\x80", "J\xC3\xB6rg \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\xC2\x9B"
       "31m",
       "\\xc2\\x9b31m"},  // the control sequence introducer in one character
      {"\xC2\xA0", "\xC2\xA0"},
      {"\xFF\xFE", "\\xff\\xfe"},
      {"cut \xE2\x82", "cut \\xe2\\x82"},
      {"\xC0\x8A", "\\xc0\\x8a"},  // an overlong end of line
      {"\x80", "\\x80"},
  };
  for (const Row& row : rows) {
    CHECK(one_line(row.text) == row.line);
  }
}

TEST_CASE("whatever two bytes come together, the line is one, and UTF-8") {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string line = one_line(std::string{static_cast<char>(first), static_cast<char>(second)});
      CHECK(line.find_first_of("\n\r\x1b") == std::string::npos);
      CHECK(sentix::protocol::valid_utf8(std::as_bytes(std::span(line))));
    }
  }
}

TEST_CASE("a sink takes whole lines, and those that are but a text") {
  CHECK_FALSE(LogSink());
  std::vector<std::string> taken;
  const LogSink sink = [&taken](const LogLine& line) {
    taken.push_back((line.level == LogLevel::error ? "error " : "") + std::string(line.text) +
                    std::string(line.reason));
  };
  REQUIRE(sink);
  sink(LogLevel::error, "text");
  sink({.text = "it is ", .reason = "lost"});
  CHECK(taken == std::vector<std::string>{"error text", "it is lost"});
}
