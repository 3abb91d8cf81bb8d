#include "tools/sentix/tail/tail_line.h"

#include <doctest/doctest.h>

#include <string>

namespace sentix::tools {
namespace {

std::string line(std::string_view message) {
  return tail_line(message, "12:03:44", false);
}

TEST_CASE("a message is a line") {
  CHECK(line(R"({"type":"message","channel":"general","offset":41,"user":"ann","data":{"text":"hi"}})") ==
        R"(12:03:44 general 41 ann {"text":"hi"})");
  CHECK(line(R"({"type":"message","channel":"general","data":1.50})") == "12:03:44 general - - 1.50");
}

TEST_CASE("what is no publication is told by its name") {
  CHECK(line(R"({"type":"event","event":"typing","channel":"general","data":[1],"from":"c01"})") ==
        "12:03:44 general typing c01 [1]");
  CHECK(line(R"({"type":"join","channel":"general","member":{"user":"ann","info":{},"connections":1}})") ==
        R"(12:03:44 general join - {"user":"ann","info":{},"connections":1})");
  CHECK(line(R"({"type":"gap","channel":"general","epoch":"e","offset":7})") == "12:03:44 general gap - -");
}

TEST_CASE("nothing of it steers a terminal") {
  const std::string evil = "{\"type\":\"message\",\"channel\":\"c\",\"user\":\"\xC2\x9B\",\"data\":[\n\"\x7F\"]}";
  CHECK(line(evil) == R"(12:03:44 c - \u009b [ "\u007f"])");
}

TEST_CASE("colours are between the words, and the data has none") {
  const std::string coloured = tail_line(R"({"type":"message","channel":"general","data":1})", "12:03:44", true);
  CHECK(coloured == "\x1b[2m12:03:44\x1b[0m \x1b[1mgeneral\x1b[0m \x1b[2m-\x1b[0m \x1b[36m-\x1b[0m 1");
}

}  // namespace
}  // namespace sentix::tools
