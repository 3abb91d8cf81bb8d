#include "tools/sentix/env_file.h"

#include <doctest/doctest.h>

#include <map>

#include "test/support/guard_page.h"

using namespace sentix::tools;

namespace {

const std::map<std::string, std::string, std::less<>> kEnvironment{{"HOME", "/srv/joe"}, {"OUTSIDE", "from outside"}};

EnvFile parse(std::string_view text) {
  const sentix::test::GuardedBytes guarded(text);
  return parse_env_file(guarded.text(), [](std::string_view name) {
    const auto found = kEnvironment.find(name);
    return found == kEnvironment.end() ? std::nullopt : std::optional(found->second);
  });
}

// The value of the last entry of a file without errors.
std::string value(std::string_view text) {
  const EnvFile file = parse(text);
  CHECK(file.errors.empty());
  REQUIRE_FALSE(file.entries.empty());
  return file.entries.back().value.value_or("(none)");
}

EnvError error(std::string_view text) {
  const EnvFile file = parse(text);
  REQUIRE(file.errors.size() == 1);
  return file.errors.front();
}

constexpr std::string_view kSample =
    "# a comment\n"
    "APP_NAME=\"Chat \\\"beta\\\"\"\n"
    "export WEBSOCKET_PORT = 9000 # inline\n"
    "\n"
    "WEBSOCKET_HOST='0.0.0.0'\r\n"
    "LONG=\"one\ntwo\"\n"
    "URL=http://${WEBSOCKET_HOST}:${WEBSOCKET_PORT}/${NOBODY}\n"
    "ALONE\n";

}  // namespace

TEST_CASE("a file is read with names, values and lines") {
  const EnvFile file = parse(kSample);
  CHECK(file.errors.empty());
  REQUIRE(file.entries.size() == 6);
  const auto is = [&](std::size_t at, const char* name, std::optional<std::string> value, std::size_t line) {
    CAPTURE(at);
    CHECK(file.entries[at].name == name);
    CHECK(file.entries[at].value == value);
    CHECK(file.entries[at].line == line);
  };
  is(0, "APP_NAME", "Chat \"beta\"", 2);
  is(1, "WEBSOCKET_PORT", "9000", 3);
  is(2, "WEBSOCKET_HOST", "0.0.0.0", 5);
  is(3, "LONG", "one\ntwo", 6);
  is(4, "URL", "http://0.0.0.0:9000/${NOBODY}", 8);
  is(5, "ALONE", std::nullopt, 9);
}

TEST_CASE("unquoted values") {
  CHECK(value("A=") == "");
  CHECK(value("A=b") == "b");
  CHECK(value("  A  =  b  ") == "b");
  CHECK(value("A=b#c") == "b");
  CHECK(value("A= # c") == "");
  CHECK(value("A=b=c") == "b=c");
  CHECK(value("A=b\"c'") == "b\"c'");
  CHECK(value("A=\\n") == "\\n");
  CHECK(value("A=b\r\n") == "b");
}

TEST_CASE("quoted values") {
  CHECK(value("A=''") == "");
  CHECK(value("A='b # \\n ${HOME}' # c") == "b # \\n ${HOME}");
  CHECK(value("A=\"b # c\"#d") == "b # c");
  CHECK(value("A=\"\\\"\\\\\\$\\f\\n\\r\\t\\v\"") == "\"\\$\f\n\r\t\v");
  CHECK(value("A=\"\\${HOME}\"") == "${HOME}");
  CHECK(value("A=\"x\n# no comment\ny\"") == "x\n# no comment\ny");
}

TEST_CASE("export is no part of a name, unless it is all of it") {
  CHECK(parse("export A=1").entries.at(0).name == "A");
  CHECK(parse("export\tA=1").entries.at(0).name == "A");
  CHECK(parse("exportA=1").entries.at(0).name == "exportA");
  CHECK(parse("export=1").entries.at(0).name == "export");
}

TEST_CASE("a name may stand in quotes") {
  CHECK(parse("\"WEBSOCKET_PORT\"=9000").entries.at(0).name == "WEBSOCKET_PORT");
  CHECK(parse("export 'A' = 1").entries.at(0).name == "A");
  for (const char* text : {"\"A=1", "A\"=1", "\"A'=1", "\"\"=1", "\"=1", "\"A B\"=1"}) {
    CAPTURE(text);
    CHECK(parse(text).entries.empty());
    CHECK(parse(text).errors.size() == 1);
  }
}

TEST_CASE("a byte order mark is no part of the first name, and elsewhere no blank") {
  CHECK(parse("\xEF\xBB\xBF"
              "A=1")
            .entries.at(0)
            .name == "A");
  CHECK(parse("\xEF\xBB\xBF").entries.empty());
  CHECK(parse("\xEF\xBB\xBF").errors.empty());
  CHECK(parse("A=1\n\xEF\xBB\xBF"
              "B=1")
            .errors.size() == 1);
  CHECK(parse("\xEF\xBB").errors.size() == 1);
}

TEST_CASE("a line with another separator is an error of its variable") {
  for (const char* text : {"WEBSOCKET_PORT 9000", "WEBSOCKET_PORT: 9000", "WEBSOCKET_PORT:9000",
                           "export WEBSOCKET_PORT\t9000", "WEBSOCKET_PORT 9000 = 1"}) {
    CAPTURE(text);
    CHECK(error(text).name == "WEBSOCKET_PORT");
    CHECK(error(text).message == "a line is NAME=value, and a name is letters, digits, _ and .");
  }
  CHECK(error("=1").name == "");
  CHECK(error("A-B=1").name == "");
}

TEST_CASE("references are to the environment first, then to what stands before") {
  CHECK(value("A=${HOME}/x") == "/srv/joe/x");
  CHECK(value("A=\"${HOME} x\"") == "/srv/joe x");
  CHECK(value("OUTSIDE=inside\nA=${OUTSIDE}") == "from outside");
  CHECK(value("A=1\nA=2\nB=${A}") == "2");
  CHECK(value("B=${A}\nA=1\nC=${B}") == "${A}");
  CHECK(value("A\nB=${A}") == "${A}");
  for (const char* text : {"$", "$HOME", "${", "${}", "${HOME", "${HO-ME}", "$${"}) {
    CAPTURE(text);
    CHECK(value("A=" + std::string(text)) == text);
  }
}

TEST_CASE("references that double a value come to an end") {
  std::string text = "A0=xxxxxxxx\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "${A" + std::to_string(i - 1) + "}";
    text += "A" + std::to_string(i) + "=" + before + before + "\n";
  }
  const EnvFile file = parse(text);
  REQUIRE_FALSE(file.errors.empty());
  CHECK(file.errors.front().message == "the value is longer than 65536 bytes");
  for (const EnvEntry& entry : file.entries) {
    CHECK(entry.value->size() <= 65536);
  }
}

TEST_CASE("an error names its line and its variable, and the lines behind it are read") {
  const EnvFile file = parse("A=1\nB=two words\n=3\nC=\"x\\y\"\nD='open\nE=\"open\nF=4\n");
  REQUIRE(file.errors.size() == 5);
  CHECK(file.errors[0].line == 2);
  CHECK(file.errors[0].name == "B");
  CHECK(file.errors[1].line == 3);
  CHECK(file.errors[1].name == "");
  CHECK(file.errors[2].line == 4);
  CHECK(file.errors[3].line == 5);
  CHECK(file.errors[4].line == 6);
  CHECK(file.errors[4].name == "E");
  REQUIRE(file.entries.size() == 2);
  CHECK(file.entries[0].name == "A");
  CHECK(file.entries[1].name == "F");
  CHECK(file.entries[1].line == 7);
}

TEST_CASE("errors say what is expected") {
  CHECK(error("A-B=1").message == "a line is NAME=value, and a name is letters, digits, _ and .");
  CHECK(error("just words").line == 1);
  CHECK(error("A=two words").message == "a value with spaces in it needs quotes");
  CHECK(error("A='b'c").message == "a value with spaces in it needs quotes");
  CHECK(error("A='b").message == "the closing ' is missing");
  CHECK(error("A=\"b").message == "the closing \" is missing");
  CHECK(error("A=\"b\\").message == "a \\ in double quotes stands before one of \" \\ $ f n r t v");
}

TEST_CASE("a file that is cut anywhere gives a beginning of its entries") {
  const EnvFile whole = parse(kSample);
  for (std::size_t size = 0; size <= kSample.size(); ++size) {
    CAPTURE(size);
    const EnvFile cut = parse(kSample.substr(0, size));
    CHECK(cut.entries.size() <= whole.entries.size());
    for (std::size_t i = 0; i + 1 < cut.entries.size(); ++i) {
      CHECK(cut.entries[i].name == whole.entries[i].name);
      CHECK(cut.entries[i].value == whole.entries[i].value);
    }
  }
}
